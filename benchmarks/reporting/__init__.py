"""What ``benchmarks.quality`` is made of: collections and intents, the causes of errors, pictures, tables, the page."""
