"""The press: a feed becomes bytes, pages and a served paper. Knows feeds alone."""
