"""Learning from labels what sections are like, with scikit-learn: the extra `train` brings it.

What comes of it is numbers alone (`aggregator.classifier`). The same labels give the same numbers,
in whatever order they come.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import util
from typing import Any, Final

from aggregator import classifier
from aggregator.classifier import Classifier, Needed, Part, weighed
from aggregator.embedding import METHOD as EMBEDDING
from aggregator.labels import FEWEST, Label, counted
from aggregator.meaning import unit
from aggregator.model import Slug
from feeds.errors import BroadsheetError

INSTALL: Final = "pip install 'broadsheet[train]'"
WORDS_FIT, MEANING_FIT = 10.0, 3.0  # how closely labels are followed; tuned as quality.md says
FOLDS: Final = 5
AIM: Final = 0.90  # right of what is placed
DOUBT: Final = 2  # more are taken to be wrong: few that are right prove little
LEAST_OF_EACH: Final = 0.75  # right of what is placed in one section; below, it is an exception
FEWEST_PLACED: Final = 5  # held out, to say how many of them are right
_PLACES: Final = 6  # digits kept of a number
_PATIENCE: Final = 1_000  # steps of the solver

_Rows = Any  # a matrix of scipy or numpy, which have no types of their own here


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heldout:
    """What is said of a label by what was learnt from the others."""

    section: Slug
    guessed: Slug
    share: float


def is_installed() -> bool:
    """Say whether the extra is there."""
    return util.find_spec("sklearn") is not None


def learn(
    labels: Sequence[Label], *, left_out: Mapping[Slug, int], learnt_from: str, now: datetime
) -> Classifier:
    """Return what is learnt from labels that are all usable (`aggregator.labels`).

    Raises BroadsheetError where there are not two sections to tell apart, or nothing to learn with.
    """
    if not is_installed():
        raise BroadsheetError(f"nothing can be learnt without scikit-learn: {INSTALL}")
    labels = sorted(labels, key=lambda one: one.id)
    counts = counted(labels)
    if len(counts) < 2:
        raise BroadsheetError(
            f"there is nothing to tell apart yet: two sections need {FEWEST} labels each"
        )
    order = tuple(counts)
    folds = _folds(labels)
    words, by_words = _words(labels, order, folds)
    found = Classifier(
        version="",
        trained_at=now,
        learnt_from=learnt_from,
        labels=counts,
        left_out=left_out,
        words=words,
        by_words=needed(_compared(labels, order, by_words)),
    )
    meant = [place for place, one in enumerate(labels) if one.meaning]
    if _are_enough([labels[place] for place in meant], order):
        meaning, by_meaning = _meanings([labels[at] for at in meant], order, folds, meant)
        both = [
            [(a + b) / 2 for a, b in zip(by_words[place], other, strict=True)]
            for place, other in zip(meant, by_meaning, strict=True)
        ]
        by_both = needed(_compared([labels[place] for place in meant], order, both))
        found = replace(found, meaning=meaning, by_both=by_both, embedding=EMBEDDING)
    return replace(found, version=hashlib.sha256(repr(found).encode()).hexdigest()[:12])


def needed(heldout: Collection[_Heldout]) -> Needed:
    """Return how sure one must be for nine in ten to be right, judged by what was held out.

    All sections have one rule, which many articles speak for; one in which it would be wrong too
    often has its own, or is never believed.
    """
    rule = _sure(heldout, AIM)
    if rule is None:
        return Needed(rule=None)
    exceptions: dict[Slug, float | None] = {}
    for section in sorted({one.section for one in heldout}):
        own = [one for one in heldout if one.guessed == section]
        placed = [one for one in own if one.share >= rule]
        right = sum(one.section == section for one in placed)
        if len(placed) < FEWEST_PLACED or right < LEAST_OF_EACH * len(placed):
            sure = _sure(own, LEAST_OF_EACH)
            exceptions[section] = None if sure is None else max(sure, rule)
    found = Needed(rule=rule, exceptions=exceptions)
    placed = [one for one in heldout if one.share >= (found.of(one.guessed) or math.inf)]
    right = sum(one.section == one.guessed for one in placed)
    return replace(
        found,
        precision=round(right / max(len(placed), 1), _PLACES),
        coverage=round(len(placed) / len(heldout), _PLACES),
    )


def _sure(heldout: Collection[_Heldout], aim: float) -> float | None:
    """Return the least share at and above which so many are right, or None; few prove little."""
    ranked = sorted(heldout, key=lambda one: (-one.share, one.section != one.guessed))
    right, found = 0, None
    for place, one in enumerate(ranked, start=1):
        right += one.section == one.guessed
        is_last = place == len(ranked) or ranked[place].share < one.share
        if is_last and place >= FEWEST_PLACED and right >= aim * (place + DOUBT):
            found = one.share
    return found


def _folds(labels: Sequence[Label]) -> list[int]:
    """Return which fold each is in: those of a section source by source, as they were published.

    A source puts its own words into all it writes, and what is told of one event is told within
    days: neither is then learnt from and asked about.
    """
    folds = [0] * len(labels)
    for section in counted(labels):
        own = [place for place, one in enumerate(labels) if one.section == section]
        own.sort(key=lambda at: (labels[at].source, labels[at].published, labels[at].id))
        for turn, place in enumerate(own):
            folds[place] = turn * FOLDS // len(own)
    return folds


def _are_enough(labels: Sequence[Label], order: Sequence[Slug]) -> bool:
    counts = counted(labels)
    return all(counts.get(section, 0) >= FEWEST for section in order)


def _compared(
    labels: Sequence[Label], order: Sequence[Slug], found: Sequence[Sequence[float]]
) -> list[_Heldout]:
    return [
        _Heldout(
            section=label.section,
            guessed=order[max(range(len(order)), key=lambda place: row[place])],
            share=round(max(row), _PLACES),
        )
        for label, row in zip(labels, found, strict=True)
    ]


def _words(
    labels: Sequence[Label], order: Sequence[Slug], folds: Sequence[int]
) -> tuple[Part, list[list[float]]]:
    """Return what words say of sections, and what they say of each label that is held out."""
    whole = _of_words(labels, order)
    heldout: list[list[float]] = [[] for _ in labels]
    for fold in range(FOLDS):
        part = _of_words(
            [one for one, its in zip(labels, folds, strict=True) if its != fold], order
        )
        for place, label in enumerate(labels):
            if folds[place] == fold:
                heldout[place] = classifier.by_words(part, label.said)
    return whole, heldout


def _of_words(labels: Sequence[Label], order: Sequence[Slug]) -> Part:
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- the extra may not be there

    there = sorted({at for one in labels for at in one.said})
    columns = {at: column for column, at in enumerate(there)}
    met = [0] * len(there)
    for one in labels:
        for at in one.said:
            met[columns[at]] += 1
    rarity = {
        at: round(1 + math.log((1 + len(labels)) / (1 + met[column])), _PLACES)
        for at, column in columns.items()
    }
    values: list[float] = []
    indices: list[int] = []
    ends = [0]
    for one in labels:
        vector = weighed(one.said, rarity)
        indices += [columns[at] for at in vector]
        values += vector.values()
        ends.append(len(values))
    rows = csr_matrix((values, indices, ends), shape=(len(labels), len(there)))
    constants, learnt = _fitted(rows, labels, order, WORDS_FIT)
    return Part(
        constants=constants,
        rows={
            at: (rarity[at], *(round(float(one), _PLACES) for one in learnt[:, column]))
            for at, column in columns.items()
        },
    )


def _meanings(
    labels: Sequence[Label], order: Sequence[Slug], folds: Sequence[int], places: Sequence[int]
) -> tuple[Part, list[list[float]]]:
    """Return what meanings say of sections, and what they say of each label that is held out."""
    heldout: list[list[float]] = [[] for _ in labels]
    for fold in range(FOLDS):
        others = [one for one, at in zip(labels, places, strict=True) if folds[at] != fold]
        part = _of_meanings(others, order)
        for place, label in enumerate(labels):
            if folds[places[place]] == fold:
                heldout[place] = classifier.by_meaning(part, label.meaning)
    return _of_meanings(labels, order), heldout


def _of_meanings(labels: Sequence[Label], order: Sequence[Slug]) -> Part:
    import numpy as np  # noqa: PLC0415 -- the extra may not be there

    rows = np.array([unit(one.meaning) for one in labels])
    constants, learnt = _fitted(rows, labels, order, MEANING_FIT)
    return Part(
        constants=constants,
        rows={
            place: tuple(round(float(one), _PLACES) for one in learnt[place])
            for place in range(len(order))
        },
    )


def _fitted(
    rows: _Rows, labels: Sequence[Label], order: Sequence[Slug], fit: float
) -> tuple[tuple[float, ...], _Rows]:
    """Return the constants and the weights of a logistic regression, a row a section."""
    import numpy as np  # noqa: PLC0415 -- the extra may not be there
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    model = LogisticRegression(C=fit, class_weight="balanced", max_iter=_PATIENCE)
    usual = sum(one.weight for one in labels) / len(labels)  # how closely to follow is for `fit`
    model.fit(
        rows,
        [order.index(one.section) for one in labels],
        sample_weight=[one.weight / usual for one in labels],
    )
    learnt, constants = model.coef_, model.intercept_
    if len(order) == 2:  # scikit-learn then tells of the second alone
        learnt, constants = np.vstack([-learnt, learnt]) / 2, np.array([-1, 1]) * constants / 2
    return tuple(round(float(one), _PLACES) for one in constants), learnt
