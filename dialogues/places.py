"""Where things stand in a YAML file, so that a mistake is told by its line."""

from dataclasses import dataclass, field

import yaml

Place = tuple[str, ...]
"""the way from the top: ``("steps", "item", "choices", "0", "label")``"""
Problem = tuple[Place, str]


@dataclass(slots=True)
class Places:
    """The lines of one file's values, and what stands there twice: YAML would silently take the last."""

    lines: dict[Place, int] = field(default_factory=dict)
    twice: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Places":
        """Raises yaml.YAMLError."""
        places = cls()
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is not None:
            places._walk(node, ())
        return places

    def line(self, place: Place) -> int:
        """The line of this place; of what it would be part of when it is not there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def _walk(self, node: yaml.Node, here: Place) -> None:
        if isinstance(node, yaml.SequenceNode):
            for number, each in enumerate(node.value):
                self._put((*here, str(number)), each, each)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                place = (*here, str(key.value))
                if place in self.lines:
                    self.twice.append((key.start_mark.line + 1, f"「{key.value}」が2回書かれています"))
                self._put(place, key, value)

    def _put(self, place: Place, begins: yaml.Node, value: yaml.Node) -> None:
        self.lines[place] = begins.start_mark.line + 1
        self._walk(value, place)
