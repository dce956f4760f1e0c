"""Building an index frees many small pieces that glibc keeps for itself; given back, a process is half as large."""

import ctypes
from collections.abc import Callable
from functools import lru_cache


def give_back() -> None:
    """Return what is free to the system, where its C library can. Blocking, some hundredths of a second."""
    trim = _trim()
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):  # musl, macOS
        return None
    return found
