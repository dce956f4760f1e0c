"""What changed between two texts, for people."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from markupsafe import Markup, escape

from knowledge_base.article import ArticleContent

_PIECES = re.compile(r"[A-Za-z0-9]+|[ぁ-ん]+|[ァ-ヶー]+|[一-龠々]+|\s|.", re.DOTALL)
NAMES = {
    "question": "質問", "answer": "回答", "category": "カテゴリ", "section": "担当課", "phrasings": "言い換え",
    "keywords": "キーワード", "short_answer": "短い回答", "documents": "必要なもの", "fee": "手数料",
    "hours": "受付時間", "url": "リンク", "questions": "質問（ほかの言語）", "answers": "回答（ほかの言語）",
    "valid_from": "有効開始", "valid_until": "有効終了", "review_by": "見直し期限", "extra": "その他の列",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    name: str
    html: Markup


def differences(before: ArticleContent | None, after: ArticleContent) -> list[Difference]:
    """The fields that differ, with what was taken out and put in marked, in the order of the form."""
    found = []
    for each in fields(ArticleContent):
        old = _text(getattr(before, each.name)) if before else ""
        new = _text(getattr(after, each.name))
        if old != new:
            found.append(Difference(NAMES[each.name], marked(old, new)))
    return found


def marked(before: str, after: str) -> Markup:
    """``<del>`` and ``<ins>`` around runs of words."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(escape("".join(old[a:b])))
            continue
        if b > a:
            parts.append(Markup("<del>{}</del>").format("".join(old[a:b])))
        if d > c:
            parts.append(Markup("<ins>{}</ins>").format("".join(new[c:d])))
    return Markup("").join(parts)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return "\n".join(map(str, value))
        case Mapping():
            return "\n".join(f"{key}: {text}" for key, text in sorted(value.items()))
        case _:
            return str(value)
