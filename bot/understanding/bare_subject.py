"""「住民票」: a word that several entries are about, and nothing is asked yet."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from knowledge_base.article import ArticleContent

_LONGEST: Final = 20
_SEVERAL: Final = 3
"""entries: which of them is meant, their common subject does not tell"""


def names_only_a_subject(text: str, entries: Iterable[ArticleContent]) -> bool:
    """Whether the text is a keyword or the category of several entries, and nothing else."""
    said = unicodedata.normalize("NFKC", text).strip(" 。、.!?\n")
    if not said or len(said) > _LONGEST:
        return False
    return sum(said == entry.category or said in entry.keywords for entry in entries) >= _SEVERAL
