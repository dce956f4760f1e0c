"""Measures the search and the intents on files of questions; the commands evaluate-faq and evaluate-intents."""
