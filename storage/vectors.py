from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from storage.database import Database
from storage.tables import VectorRow

AT_ONCE = 500


class Vectors:
    """Sentence vectors by the key of their text: computed once, kept for ever, worthless to anybody else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, NDArray[np.float16]]:
        """In half precision, which no likeness notices: an index is built from them, and they are let go."""
        found: dict[str, NDArray[np.float16]] = {}
        async with self._database.read() as session:
            rows = await session.stream(select(VectorRow.key, VectorRow.vector).execution_options(yield_per=AT_ONCE))
            async for some in rows.partitions():
                found |= {key: np.frombuffer(vector, dtype="<f4").astype(np.float16) for key, vector in some}
        return found

    async def of(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Those of these keys that are there."""
        found: dict[str, NDArray[np.float32]] = {}
        async with self._database.read() as session:
            for start in range(0, len(keys), AT_ONCE):
                query = select(VectorRow.key, VectorRow.vector).where(VectorRow.key.in_(keys[start : start + AT_ONCE]))
                found |= {key: np.frombuffer(row, dtype="<f4") for key, row in (await session.execute(query)).all()}
        return found

    async def known(self, keys: Sequence[str]) -> set[str]:
        found: set[str] = set()
        async with self._database.read() as session:
            for start in range(0, len(keys), AT_ONCE):
                query = select(VectorRow.key).where(VectorRow.key.in_(keys[start : start + AT_ONCE]))
                found |= set((await session.scalars(query)).all())
        return found

    async def keep(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store them; a key that is there already keeps its vector."""
        known = await self.known(list(vectors))
        async with self._database.write() as session:
            for key in sorted(vectors.keys() - known):  # in one order: two workers at the same texts cannot deadlock
                row = self._database.insert(VectorRow).values(key=key, vector=vectors[key].astype("<f4").tobytes())
                await session.execute(row.on_conflict_do_nothing(index_elements=["key"]))
