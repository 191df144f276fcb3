"""How good the judgements are: figures against plain methods, targets and a committed baseline."""
