"""YAML as plain values that remember their lines, so that a mistake can be told by its place."""

from typing import Union

import yaml

Value = Union[str, list["Value"], "Lined"]
Trouble = tuple[int, str]


class Lined(dict[str, Value]):
    """A mapping that knows the line of itself and of each key. Scalars stay text: 08:45 is no number."""

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self._line = line
        self._lines: dict[str, int] = {}

    def line(self, key: str | None = None) -> int:
        """The line of this key; of the mapping itself when the key is not there."""
        return self._lines.get(key, self._line) if key is not None else self._line

    def put(self, key: str, value: Value, line: int) -> None:
        self[key] = value
        self._lines[key] = line


def read_lined(text: str) -> tuple[Value | None, list[Trouble]]:
    """The document, and what is wrong with it as YAML: (line, what). Never raises."""
    troubles: list[Trouble] = []
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return (_value(node, troubles) if node is not None else None), troubles
    except yaml.MarkedYAMLError as trouble:
        line = trouble.problem_mark.line + 1 if trouble.problem_mark else 1
        what = f"YAML として読めません（{trouble.problem}）。字下げ、引用符、かっこの対応を確かめてください"
        return None, [(line, what)]
    except yaml.YAMLError:
        return None, [(1, "YAML として読めません。使えない制御文字が入っていないか確かめてください")]
    except RecursionError:
        return None, [(1, "YAML の入れ子が深すぎるか、自分自身を指す参照（&, *）があります")]


def _value(node: yaml.Node, troubles: list[Trouble]) -> Value:
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, troubles) for each in node.value]
    if isinstance(node, yaml.MappingNode):
        made = Lined(node.start_mark.line + 1)
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                troubles.append((line, "項目の名前は文字で書いてください"))
                continue
            if key.value in made:
                troubles.append((line, f"「{key.value}」が2回書かれています。1つにしてください"))
            made.put(key.value, _value(value, troubles), line)
        return made
    return str(node.value)
