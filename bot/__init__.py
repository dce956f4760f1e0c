"""The mind: from one message to a decision to its consequences."""
