"""What judging costs an article, and what memory it takes: all steps, in ticks of 50 articles.

`python -m benchmarks.quality.cost 100000 [semantic]` measures a whole window; `make quality` a
small one. Articles are made up: each is on a subject of about twenty articles within some weeks,
with names and words of its own, among words anybody uses.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from statistics import mean

from aggregator.embedding import is_installed
from aggregator.judge import judge
from aggregator.model import Article, ArticleId, Section, Settings, Site, Slug, Source, SourceId
from aggregator.store import articles as kept
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from benchmarks.quality.figure import Figure
from benchmarks.tree import ROOT
from benchmarks.vocabulary import Vocabulary, vocabulary
from feeds.model import Text, TextKind

ARTICLES, WINDOW = 1_500, timedelta(days=60)
TICK, LAST = 50, 10  # articles that come together; of so many ticks the mean is told
SOURCES, ON_A_SUBJECT, WORDS = 200, 20, 200
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def figures(_corpora: Path) -> tuple[Figure, ...]:
    """Return what an article costs lexically and, where it is installed, with the embedding."""
    lexical = _measured(semantic=False)
    found = [
        Figure(name="ms of CPU an article, lexical", value=lexical["ms"], target=10,
               at_most=True, slack=5),
        Figure(name="MB at the peak, lexical", value=lexical["mb"], target=500,
               at_most=True, slack=50),
    ]  # fmt: skip
    if is_installed():
        semantic = _measured(semantic=True)
        found.append(
            Figure(name="ms of CPU an article, with the embedding", value=semantic["ms"],
                   target=20, at_most=True, slack=10)
        )  # fmt: skip
    return tuple(found)


def measure(articles: int, *, semantic: bool) -> dict[str, float]:
    """Judge so many articles, and return the milliseconds of the last ones and the peak memory."""
    paper = Settings(
        site=Site(title="A", base_url="https://a.example/", semantic=semantic),
        sections=(
            Section(slug=Slug("one"), title="One", path="one", words=_words().words[40:60]),
            Section(slug=Slug("two"), title="Two", path="two", words=_words().words[60:80]),
        ),
        sources=tuple(_source(number) for number in range(SOURCES)),
    )
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/paper.db")
        with transaction(engine) as connection:
            enrol(connection, paper.sources)
        for some in _ticks(articles):
            with transaction(engine) as connection:
                kept.add(connection, some)
            begun = time.process_time()
            with transaction(engine) as connection:
                judge(connection, paper)
            spent.append(1000 * (time.process_time() - begun) / len(some))
            if len(spent) % 100 == 0:
                print(len(spent) * TICK, f"{mean(spent[-LAST:]):.1f} ms", file=sys.stderr)
        engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"ms": round(mean(spent[-LAST:]), 2), "mb": round(peak, 1)}


def _measured(*, semantic: bool) -> dict[str, float]:
    command = [sys.executable, "-m", __name__, str(ARTICLES), *(["semantic"] if semantic else [])]
    said = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def _ticks(articles: int) -> Iterator[list[Kept]]:
    for first in range(0, articles, TICK):
        numbers = range(first, min(first + TICK, articles))
        yield [Kept(article=_article(one, articles), fingerprint=str(one)) for one in numbers]


def _article(number: int, articles: int) -> Article:
    chance = _chance(f"article {number}")
    published = BEGUN + WINDOW * number / articles
    # Subjects follow one upon the other; at any time a hundred or so are in the news.
    open_now = max(5, min(100, articles // ON_A_SUBJECT))
    subject = number // ON_A_SUBJECT + chance.randrange(open_now)
    names, rare = _subject(subject)
    said = _words().draw(chance, WORDS // 2) + chance.choices(rare, k=WORDS // 2)
    chance.shuffle(said)
    sentences = [
        f"{' '.join(said[at : at + 20]).capitalize()} {chance.choice(names)} {said[at]}."
        for at in range(0, WORDS, 20)
    ]
    identity = f"{number:012}"
    body = "".join(f"<p>{escape(one)}</p>" for one in sentences)
    return Article(
        id=ArticleId(identity),
        source_id=SourceId(f"s{number % SOURCES}"),
        key=f"id:{number}",
        atom_id=f"urn:a:{number}",
        path=f"articles/2026/01/an-article-{identity}/",
        permalink=f"https://s{number % SOURCES}.example/{number}",
        title=f"{chance.choice(names)} {' '.join(chance.choices(rare, k=5))}",
        published=published,
        updated=published,
        first_seen=published,
        language="en",
        content=Text(value=body, kind=TextKind.HTML),
    )


@cache
def _subject(number: int) -> tuple[list[str], list[str]]:
    """Return the names and the words of a subject; of the words some are of no other one."""
    chance = _chance(f"subject {number}")
    names = [_words().name(chance) for _ in range(6)]
    coined = ["".join(chance.choices(_words().words[100:], k=2)) for _ in range(15)]
    return names, coined + _words().draw(chance, 45)


def _words() -> Vocabulary:
    return vocabulary("en")


def _chance(what: str) -> random.Random:
    return random.Random(what)  # noqa: S311 -- texts, not secrets


def _source(number: int) -> Source:
    return Source(
        id=SourceId(f"s{number}"), name=f"S{number}", feed=f"https://s{number}.example/feed"
    )


if __name__ == "__main__":
    found = measure(int(sys.argv[1]), semantic="semantic" in sys.argv)
    print(json.dumps(found))
