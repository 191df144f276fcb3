"""Does the classifier know sections? Wikipedia Current Events, learnt from one half of a year.

Labels are the entries of January to June, with the section their editors filed them under; asked
are those of July to December. What learns and what guesses is what the paper uses. The plain method
is a class-balanced logistic regression over TF-IDF of words, as scikit-learn has them, and for the
embedding the same over its vectors alone.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from aggregator import labels as labelling
from aggregator.classifier import Classifier, Guess, guesses, heard
from aggregator.embedding import opened
from aggregator.labels import BY_HAND, Label
from aggregator.model import ArticleId, Section, Slug
from aggregator.slugs import slug
from aggregator.training import is_installed, learn
from aggregator.understanding import TOLD
from benchmarks.quality.events import AbsentError, Event, events
from benchmarks.quality.figure import Figure

NOW = datetime(2025, 7, 1, tzinfo=UTC)
FEW = 10  # labels a section, where few are asked for
DRAWS = 5

Guessing = Callable[[Event], tuple[Guess, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """What came of guessing: of all, and of what was placed because it was sure enough."""

    accuracy: float
    macro: float
    coverage: float
    precision: float


def figures(corpora: Path) -> tuple[Figure, ...]:
    """Return how well the second half of the year is placed."""
    if not is_installed():
        raise AbsentError("scikit-learn is not installed")
    told = events(corpora)
    learnt = [event for event in told if event.is_for_tuning]
    asked = [event for event in told if not event.is_for_tuning]
    plain = _plain(learnt, asked)
    found = guessed(asked, _guessing(trained(labels(learnt)), {}))
    return (
        Figure(name="accuracy, words", value=found.accuracy, plain=plain.accuracy),
        Figure(name="macro F1, words", value=found.macro, plain=plain.macro, target=0.65),
        *_placed(found, "words"),
        *_semantic(learnt, asked),
    )


def _semantic(learnt: Sequence[Event], asked: Sequence[Event]) -> tuple[Figure, ...]:
    """Return the figures with the embedding; none where it is not installed."""
    embed = opened()
    if embed is None:
        return ()
    every = [*learnt, *asked]
    vectors = embed([event.summary[:TOLD] for event in every])
    meant = {event.id: vector for event, vector in zip(every, vectors, strict=True)}
    alone = _plain(learnt, asked, meant)
    found = guessed(asked, _guessing(trained(labels(learnt, meant)), meant))
    few = [
        guessed(asked, _guessing(trained(labels(drawn(learnt, draw), meant)), meant))
        for draw in range(DRAWS)
    ]
    return (
        Figure(name="accuracy, with the embedding", value=found.accuracy, plain=alone.accuracy),
        Figure(
            name="macro F1, with the embedding", value=found.macro, plain=alone.macro, target=0.76
        ),
        *_placed(found, "with the embedding"),
        Figure(
            name=f"macro F1 from {FEW} labels a section, with it",
            value=fmean(one.macro for one in few),
            target=0.60,
        ),
        Figure(
            name=f"precision of what is placed from {FEW}, with it",
            value=sum(one.precision * one.coverage for one in few)
            / (sum(one.coverage for one in few) or 1),
            slack=0.02,
        ),
        Figure(
            name=f"share that is placed from {FEW}, with it",
            value=fmean(one.coverage for one in few),
            slack=0.02,
        ),
    )


def _placed(found: Guessed, how: str) -> tuple[Figure, ...]:
    return (
        Figure(name=f"precision of what is placed, {how}", value=found.precision, target=0.90),
        Figure(name=f"share that is placed, {how}", value=found.coverage, target=0.70),
    )


def labels(learnt: Sequence[Event], meant: Mapping[str, bytes] | None = None) -> list[Label]:
    """Return entries as labels, with what they mean if that is known."""
    return [
        Label(
            id=ArticleId(event.id),
            section=Slug(slug(event.section)),
            weight=BY_HAND,
            published=event.day,
            said=heard("", event.summary, "en")[0],
            meaning=(meant or {}).get(event.id, b""),
        )
        for event in learnt
    ]


def drawn(learnt: Sequence[Event], draw: int) -> list[Event]:
    """Return ten entries of each section, spread over the half-year; others for each draw."""
    by_section: defaultdict[str, list[Event]] = defaultdict(list)
    for event in learnt:
        by_section[event.section].append(event)
    return [
        own[(2 * DRAWS * turn + 2 * draw + 1) * len(own) // (2 * DRAWS * FEW)]
        for own in by_section.values()
        for turn in range(FEW)
    ]


def trained(told: Sequence[Label]) -> Classifier:
    """Return what is learnt from these labels."""
    usable, left_out = labelling.usable(told, _tree({one.section for one in told}))
    return learn(usable, left_out=left_out, learnt_from="", now=NOW)


def guessed(asked: Sequence[Event], guess: Guessing) -> Guessed:
    """Return what guessing comes to over these entries."""
    found = [(Slug(slug(event.section)), guess(event)) for event in asked]
    pairs = [(section, its[0].section if its else None) for section, its in found]
    placed = [(section, its[0].section) for section, its in found if its and its[0].is_sure]
    return Guessed(
        accuracy=_share(pairs),
        macro=_macro(pairs),
        coverage=len(placed) / len(asked),
        precision=_share(placed),
    )


def _guessing(classifier: Classifier, meant: Mapping[str, bytes]) -> Guessing:
    tree = _tree(set(classifier.sections))
    return lambda event: guesses(
        classifier,
        tree,
        title="",
        text=event.summary,
        language="en",
        meaning=meant.get(event.id, b""),
    )


def _tree(slugs: set[Slug]) -> tuple[Section, ...]:
    return tuple(Section(slug=one, title=one, path=one) for one in sorted(slugs))


def _plain(
    learnt: Sequence[Event], asked: Sequence[Event], meant: Mapping[str, bytes] | None = None
) -> Guessed:
    """Return what scikit-learn comes to as it is; it never abstains."""
    import numpy as np  # noqa: PLC0415 -- with scikit-learn
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    if meant is None:
        vectorizer = TfidfVectorizer()
        rows = vectorizer.fit_transform([event.summary for event in learnt])
        others = vectorizer.transform([event.summary for event in asked])
    else:
        rows, others = (
            np.array([np.frombuffer(meant[event.id], dtype=np.int8) / 127 for event in some])
            for some in (learnt, asked)
        )
    model = LogisticRegression(class_weight="balanced", max_iter=1_000)
    model.fit(rows, [event.section for event in learnt])
    pairs = [
        (Slug(slug(event.section)), Slug(slug(str(one))))
        for event, one in zip(asked, model.predict(others), strict=True)
    ]
    accuracy = _share(pairs)
    return Guessed(accuracy=accuracy, macro=_macro(pairs), coverage=1.0, precision=accuracy)


def _share(pairs: Sequence[tuple[Slug, Slug | None]]) -> float:
    return sum(one == other for one, other in pairs) / max(len(pairs), 1)


def _macro(pairs: Sequence[tuple[Slug, Slug | None]]) -> float:
    """Return the mean over sections of F1: of what is said to be in each, and what is."""
    sections = sorted({one for one, _ in pairs})
    right = {one: sum(a == b == one for a, b in pairs) for one in sections}
    all_ = {one: sum((a == one) + (b == one) for a, b in pairs) for one in sections}
    return fmean(2 * right[one] / all_[one] for one in sections)
