"""Everything that is said to residents, in one place and three languages."""
