"""The vocabulary of feeds, and getting and reading them. Knows nobody."""
