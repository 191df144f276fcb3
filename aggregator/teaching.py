"""Teaching: a classifier is learnt from what the paper holds, and put where the paper finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from aggregator import classifier_file, training
from aggregator.classifier import Classifier
from aggregator.labelling import Lesson, lesson
from aggregator.labels import FEWEST, counted, usable
from aggregator.model import Settings, Slug
from feeds.errors import BroadsheetError

NOTHING: Final = f"nothing is learnt yet: it takes two sections with {FEWEST} labels each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What came of teaching: how many labels there are of each section, and what was learnt.

    Of sections `left_out` there were too few. `classifier` is None where there was nothing to
    learn; `is_new` says whether it was learnt just now.
    """

    labels: Mapping[Slug, int]
    left_out: Mapping[Slug, int]
    classifier: Classifier | None
    is_new: bool
    file: Path

    def as_json(self) -> dict[str, object]:
        """Return what came of it as JSON has it."""
        known = self.classifier
        needed = known and {"words": known.by_words, "both": known.by_both}
        return {
            "labels": dict(self.labels),
            "left_out": dict(self.left_out),
            "is_new": self.is_new,
            "version": known.version if known else None,
            "trained_at": known.trained_at.isoformat() if known else None,
            "heldout": {
                by: {"precision": one.precision, "coverage": one.coverage, "needed": one.rule}
                for by, one in (needed or {}).items()
                if one
            },
            "file": str(self.file),
        }


def prepare(connection: Connection, settings: Settings) -> Lesson:
    """Return what there is to learn from; the database is not needed after that.

    Raises BroadsheetError where there is nothing to learn with.
    """
    if not training.is_installed():
        raise BroadsheetError(f"nothing can be learnt without scikit-learn: {training.INSTALL}")
    return lesson(connection, settings)


def teach(
    told: Lesson, settings: Settings, file: Path, *, now: datetime, if_changed: bool
) -> Taught:
    """Learn from this, and write that to a file; `if_changed`, only if it is new to the file."""
    labels, left_out = usable(told.labels, settings.sections)
    counts = counted(labels)
    known = _read(file)
    if len(counts) < 2:
        return Taught(labels=counts, left_out=left_out, classifier=None, is_new=False, file=file)
    is_new = not (if_changed and known and known.learnt_from == told.digest)
    if is_new:
        known = training.learn(labels, left_out=left_out, learnt_from=told.digest, now=now)
        classifier_file.write(file, known)
    return Taught(labels=counts, left_out=left_out, classifier=known, is_new=is_new, file=file)


def _read(file: Path) -> Classifier | None:
    try:
        return classifier_file.read(file)
    except BroadsheetError:
        return None  # what cannot be believed is learnt anew
