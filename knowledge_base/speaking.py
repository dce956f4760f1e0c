"""What spoke for an entry, in the few kinds that a person can tell apart."""

from collections.abc import Mapping
from typing import Final, Literal

from knowledge_base.fusion import WITH_VECTORS, WITHOUT_VECTORS

Kind = Literal["exact", "words", "concepts", "sounds", "hints", "meaning", "form"]

_KINDS: Final[Mapping[Kind, frozenset[str]]] = {
    "words": frozenset({"words", "words_lead"}),
    "concepts": frozenset({"concepts", "concepts_lead"}),
    "sounds": frozenset({"sounds", "sounds_lead", "surface_sounds", "surface_sounds_lead"}),
    "hints": frozenset({"hints", "hints_lead"}),
    "form": frozenset({"known_words", "known_sounds", "long", "short", "foreign", "kana"}),
}
"""what is in none of these is about meaning"""


def spoken(why: Mapping[str, float]) -> dict[Kind, float]:
    """The points that each kind of signal gave a match (its ``why``), or took, strongest first.

    ``form`` is what the question itself is like: the same for every entry.
    """
    if why.get("exact"):
        return {"exact": 1.0}
    weights = (WITH_VECTORS if why.get("whole") else WITHOUT_VECTORS).signals
    points: dict[Kind, float] = {}
    for signal, weight in weights.items():
        if signal in why:
            kind = kind_of(signal)
            points[kind] = points.get(kind, 0.0) + weight * why[signal]
    return dict(sorted(points.items(), key=lambda each: -each[1]))


def kind_of(signal: str) -> Kind:
    return next((kind for kind, signals in _KINDS.items() if signal in signals), "meaning")
