"""Putting it together, and the command line."""
