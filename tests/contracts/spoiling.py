"""Payloads with something wrong in them."""

import json
from typing import Any

from hypothesis import strategies as st

_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from((0, -1, 2**63, 10**30, 1e308, float("nan"), float("inf"), "", "\ud800", "\x00", "あ" * 9)),
        st.integers(),
        st.text(max_size=5),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def spoilt(draw: st.DrawFn, body: bytes) -> bytes:
    """The body with something wrong: a byte, its end, or, where it is JSON, any part of it of another kind."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if value is not None and draw(st.integers(0, 3)):
        return json.dumps(_respoilt(draw, value)).encode()
    at = draw(st.integers(0, len(body)))
    return body[:at] + draw(st.binary(max_size=4)) + body[draw(st.integers(at, len(body))) :]


def _respoilt(draw: st.DrawFn, value: Any) -> Any:
    """Another value in one place, somewhere in the depth."""
    inside = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inside or not draw(st.integers(0, 4)):
        return draw(_JSON)
    place = draw(st.sampled_from(inside))
    copy = value.copy()
    if isinstance(value, dict) and not draw(st.integers(0, 4)):
        del copy[place]
    else:
        copy[place] = _respoilt(draw, value[place])
    return copy
