"""What spoke for an entry, in the few kinds that a person can tell apart."""

from collections.abc import Mapping
from typing import Final, Literal

from knowledge_base.fusion import WITH_SUBJECTS, WITH_VECTORS, WITHOUT_VECTORS

Kind = Literal["exact", "words", "concepts", "sounds", "hints", "subjects", "meaning", "form"]

_KINDS: Final[Mapping[Kind, frozenset[str]]] = {
    "words": frozenset({"words", "words_lead"}),
    "concepts": frozenset({"concepts", "concepts_lead"}),
    "sounds": frozenset({"sounds", "sounds_lead", "surface_sounds", "surface_sounds_lead"}),
    "hints": frozenset({"hints", "hints_lead"}),
    "subjects": frozenset({"subject_words", "subject_words_lead", "subject_agree"}),
    "form": frozenset(
        {
            "known_words",
            "known_sounds",
            "long",
            "short",
            "foreign",
            "kana",
            "subject_near",
            "subject_margin",
            "elsewhere",
        }
    ),
}
"""what is in none of these is about meaning"""


def spoken(why: Mapping[str, float]) -> dict[Kind, float]:
    """The points that each kind of signal gave a match (its ``why``), or took, strongest first.

    ``form`` is what the question itself is like, and whether it looks like ours: the same for every entry.
    """
    if why.get("exact"):
        return {"exact": 1.0}
    if not why.get("whole"):
        weights = WITHOUT_VECTORS.signals
    else:
        weights = (WITH_SUBJECTS if "subject_words" in why else WITH_VECTORS).signals
    points: dict[Kind, float] = {}
    for signal, weight in weights.items():
        if signal in why:
            kind = kind_of(signal)
            points[kind] = points.get(kind, 0.0) + weight * why[signal]
    return dict(sorted(points.items(), key=lambda each: -each[1]))


def kind_of(signal: str) -> Kind:
    return next((kind for kind, signals in _KINDS.items() if signal in signals), "meaning")
