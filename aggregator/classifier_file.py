"""The classifier as a file: a paper that was taught elsewhere runs anywhere.

JSON, in the state folder. What is not one of ours, is cut short or was changed by hand is not
believed, and that is said; placing goes on without it.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from aggregator.classifier import METHOD, Classifier, Needed, Part
from aggregator.embedding import METHOD as EMBEDDING
from aggregator.log import Log
from aggregator.model import Slug
from feeds.errors import BroadsheetError

FILE: Final = "classifier.json"
_KIND: Final = "broadsheet classifier"
_MOST: Final = 512 * 1024 * 1024  # bytes; a classifier of all words there are is a tenth of it

_log = Log(__name__)


def write(file: Path, classifier: Classifier) -> None:
    """Put a classifier in place of the one there was, whole or not at all."""
    told = asdict(classifier) | {"trained_at": classifier.trained_at.isoformat()}
    body = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    head = {"kind": _KIND, "method": METHOD, "sha256": _digest(body)}
    text = f"{json.dumps(head)}\n{body}\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(file: Path) -> Classifier | None:
    """Return the classifier in a file; None where there is no file.

    Raises BroadsheetError, with a cure, for one that cannot be believed.
    """
    try:
        if file.stat().st_size > _MOST:
            raise _unbelieved(file, "it is larger than any classifier")
        head, _, body = file.read_text("utf-8").partition("\n")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unbelieved(file, "it cannot be read") from error
    _check(file, head, body.removesuffix("\n"))
    try:
        return _classifier(json.loads(body))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unbelieved(file, "there is no classifier in it") from error


@dataclass(slots=True)
class Classifiers:
    """The classifier of a paper as its file is now: read again when that changes.

    What is wrong with the file is logged, once.
    """

    file: Path
    _seen: tuple[int, int] | None = None
    _read: Classifier | None = field(default=None, repr=False)

    def current(self) -> Classifier | None:
        """Return the classifier to place by; None while there is none that can be believed."""
        try:
            state = self.file.stat()
            seen = state.st_mtime_ns, state.st_size
        except OSError:
            self._seen = self._read = None
            return None
        if seen != self._seen:
            self._seen = seen
            try:
                self._read = read(self.file)
            except BroadsheetError as error:
                self._read = None
                _log.warning("articles are placed without the classifier", why=str(error))
        return self._read


def _check(file: Path, head: str, body: str) -> None:
    """Raise BroadsheetError unless the first line is ours, and of what follows."""
    try:
        told = json.loads(head)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("kind") != _KIND:
        raise _unbelieved(file, "it is not a classifier of Broadsheet's")
    if told.get("method") != METHOD:
        raise _unbelieved(file, f"it is of method {told.get('method')}, and this is {METHOD}")
    if told.get("sha256") != _digest(body):
        raise _unbelieved(file, "it was cut short or changed")


def _classifier(told: Mapping[str, Any]) -> Classifier:
    both = told["by_both"]
    embedding = told["embedding"]
    fits = embedding == EMBEDDING  # another's meanings are other numbers
    return Classifier(
        version=told["version"],
        trained_at=datetime.fromisoformat(told["trained_at"]),
        learnt_from=told["learnt_from"],
        labels={Slug(one): int(count) for one, count in told["labels"].items()},
        left_out={Slug(one): int(count) for one, count in told["left_out"].items()},
        words=_part(told["words"]),
        by_words=_needed(told["by_words"]),
        embedding=embedding,
        meaning=_part(told["meaning"]) if told["meaning"] and fits else None,
        by_both=_needed(both) if both and fits else None,
    )


def _part(told: Mapping[str, Any]) -> Part:
    return Part(
        constants=tuple(map(float, told["constants"])),
        rows={int(at): tuple(map(float, row)) for at, row in told["rows"].items()},
    )


def _needed(told: Mapping[str, Any]) -> Needed:
    return Needed(
        rule=told["rule"],
        exceptions={Slug(one): share for one, share in told["exceptions"].items()},
        precision=told["precision"],
        coverage=told["coverage"],
    )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _unbelieved(file: Path, why: str) -> BroadsheetError:
    return BroadsheetError(f"{file}: {why}; `broadsheet train` writes it anew, or delete it")
