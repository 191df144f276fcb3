"""Why an article is as it is in the paper: what was decided of it, why, and what was not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from aggregator import answers, companions, whereabouts
from aggregator.answers import Answer
from aggregator.classifier import Classifier
from aggregator.model import Article, Settings
from aggregator.record import PUBLISHED, Record, records
from aggregator.removal import called, unknown
from aggregator.settings_editorial import EDITORIAL
from aggregator.store import articles as kept
from aggregator.store.nearby import nearby
from feeds.errors import BroadsheetError

_Asked = Callable[[Connection, Article, Settings], Answer]

# In the order in which it is decided.
QUESTIONS: Mapping[str, _Asked] = {
    "arrival": answers.arrival,
    "language": answers.language,
    "copies": companions.copies,
    "story": companions.story,
    "sections": whereabouts.sections,
    "cites": answers.cites,
    "cited": answers.cited,
    "related": answers.related,
    "editors": answers.editors,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An article with the answers to all that may be asked of it; none where it is not in."""

    record: Record
    answers: Mapping[str, Answer]

    def as_json(self) -> dict[str, object]:
        """Return the explanation as JSON has it."""
        told = {name: answer.as_json() for name, answer in self.answers.items()}
        return self.record.as_json() | {"why": told}


def explain(
    connection: Connection, wanted: str, settings: Settings, classifier: Classifier | None = None
) -> tuple[Explanation, ...]:
    """Return why all that goes by this address or id is as it is, by its id.

    Raises BroadsheetError where nothing does, with what is nearest.
    """
    try:
        found = records(connection, wanted, settings)
    except BroadsheetError as error:
        raise _nearest(connection, wanted, settings) from error
    articles = kept.read(connection, [one.id for one in found if one.state == PUBLISHED])
    sections = partial(whereabouts.sections, classifier=classifier)
    asked: dict[str, _Asked] = {**QUESTIONS, "sections": sections}
    return tuple(
        Explanation(
            record=one,
            answers={
                name: ask(connection, articles[one.id], settings) for name, ask in asked.items()
            }
            if one.id in articles
            else {},
        )
        for one in found
    )


def _nearest(connection: Connection, wanted: str, settings: Settings) -> BroadsheetError:
    """Return the error for a name that nothing goes by, with what it may have meant."""
    near = nearby(connection, wanted, page=called(wanted, settings)["page"])
    if near:
        listed = "".join(f"\n  {name}  {title}" for name, title in near)
        problem = f"nothing we know goes by {wanted!r}; nearest are:{listed}"
    else:
        problem = str(unknown("nothing we know", wanted))
    return BroadsheetError("\n".join((problem, *_said_of(wanted, settings))))


def _said_of(wanted: str, settings: Settings) -> Iterator[str]:
    for ruling in settings.rulings:
        if wanted in (*ruling.articles, *ruling.to):
            yield f"{EDITORIAL}:{ruling.line} names it, too: that waits until there is one"
