"""What LINE refuses, as the simulator's platform has it."""

from simulator.line_limits import errors_in, graphemes, utf16

__all__ = ["errors_in", "graphemes", "utf16"]
