"""What words may mean: guards first, then intents. Nothing here decides what to do about it."""
