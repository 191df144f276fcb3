"""Which of many packed vectors point where some others do: the one place that needs numpy.

It comes with the extra `semantic`. Sums of products of bytes are whole numbers that a float holds
exactly, so what is found does not depend on the machine.
"""

from collections.abc import Iterator, Sequence

AT_ONCE = 8_192  # vectors that are held as floats, 2 kB each


def close(asked: Sequence[bytes], among: Sequence[bytes], *, least: float) -> list[list[int]]:
    """Return for each vector the places of those `among` whose cosine with it is `least`."""
    found: list[list[int]] = [[] for _ in asked]
    for number, place in _pairs(asked, among, least):
        found[number].append(place)
    return found


def _pairs(
    asked: Sequence[bytes], among: Sequence[bytes], least: float
) -> Iterator[tuple[int, int]]:
    import numpy as np  # noqa: PLC0415 -- takes long to load, and most papers do without

    def unpacked(some: Sequence[bytes]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        return np.frombuffer(b"".join(some), np.int8).reshape(len(some), -1).astype(np.float32)

    if not asked or not among:
        return
    ours = unpacked(asked)
    lengths = np.linalg.norm(ours, axis=1)[:, None]
    for first in range(0, len(among), AT_ONCE):
        theirs = unpacked(among[first : first + AT_ONCE])
        bounds = least * lengths * np.linalg.norm(theirs, axis=1)
        for number, place in zip(*np.nonzero(ours @ theirs.T >= bounds), strict=True):
            yield int(number), first + int(place)
