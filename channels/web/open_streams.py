import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class OpenStreams:
    """Who listens at this moment; ends them all when the server does."""

    def __init__(self, *, per_visit: int) -> None:
        self.ending = asyncio.Event()
        self._per_visit = per_visit
        self._listening: Counter[str] = Counter()

    def has_room(self, account: str) -> bool:
        return self._listening[account] < self._per_visit

    @contextmanager
    def one_more(self, account: str) -> Iterator[None]:
        """Counted until left, however it is left."""
        self._listening[account] += 1
        try:
            yield
        finally:
            self._listening[account] -= 1
            if not self._listening[account]:
                del self._listening[account]

    def __len__(self) -> int:
        return self._listening.total()
