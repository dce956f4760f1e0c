"""Questions and the city's approved answers."""
