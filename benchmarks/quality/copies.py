"""Are copies found, and nothing else? Real entries, edited as papers edit what they take over.

Each entry of the captured feeds that says enough is edited in eight ways and given to another
source; the copy must lead back to it among all that was captured, as it does in the paper: found
by its prints, then compared in full. Hard negatives are the nearest neighbours in other feeds, by
TF-IDF over stems, that were read and are not copies of each other. The plain method is Jaccard's:
half of all runs of three words in common.
"""

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import islice
from pathlib import Path

from aggregator import copies, texts, words
from aggregator.copies import Said
from aggregator.model import Article, ArticleId, SourceId
from benchmarks.quality.entries import entries
from benchmarks.quality.figure import Figure

MOST_OF_EACH = 12  # entries of one feed, so that no publisher decides
CANDIDATES, CROWD, CHANCE = 20, 200, 1  # as aggregator.collapsing and the store have them
NEGATIVES, NEAREST = 1_200, 3  # pairs; of each entry no more than three
COMMON = 400  # entries that have a stem: with more it makes no neighbours
ELSEWHERE = SourceId("elsewhere")
HEADLINE = "Quite another headline stands above it here"
WORD = re.compile(f"[{words.UNSPACED}]|[^\\s{words.UNSPACED}]+|\\s+")
SENTENCE = re.compile("(?<=[.!?])\\s+|(?<=[\u3002\uff01\uff1f])|\\n")

Edit = Callable[[str, random.Random], str]
Pair = tuple[Said, Said]

# Read and found to be one text: an agency's, in two papers.
TWINS = (
    frozenset(("russia-says-it-is-scaling-back", "russia-said-scaling-back-syria")),
    frozenset(("japan-france-agree-to-enhance", "japan-france-agree-start-talks")),
    frozenset(("nishikori-beats-wawrinka", "nishikori-makes-brisbane-final")),
)


def figures(corpora: Path) -> tuple[Figure, ...]:
    """Return the recall of each edit, and the false merges."""
    captured = _captured(entries(corpora))
    index = _Index.of(said for _, said in captured)
    chosen = tuple(_chosen(captured))
    recalls = tuple(_recall(name, edit, chosen, index) for name, edit in EDITS.items())
    foreign = tuple(one for one in chosen if one[1].language != "en")
    abroad = tuple(_recall(name, edit, foreign, index) for name, edit in EDITS.items())
    worst = min(abroad, key=lambda figure: figure.value)
    negatives = list(islice(_neighbours([said for _, said in captured], index), NEGATIVES))
    merged = [pair for pair in negatives if copies.likeness(*pair, worn=index.worn)]
    return (
        *recalls,
        replace(worst, name="the worst of these in other languages than English"),
        Figure(
            name=f"false merges among {len(negatives):,} near neighbours",
            value=len(merged), plain=sum(_jaccard(*pair) for pair in negatives),
            target=0, at_most=True, slack=0,
        ),
    )  # fmt: skip


def _captured(found: Iterable[Article]) -> list[tuple[Article, Said]]:
    """Return all entries, each with what it says but for its feed's refrains."""
    articles = list({one.id: one for one in found}.values())
    heard = texts.heard_by(articles, {one.id for one in articles})
    worn = {
        source: {one for one, times in counted.items() if times > copies.REFRAIN}
        for source, counted in heard
    }
    return [
        (
            one,
            texts.said(one, copies.without(copies.sentences(texts.text(one)), worn[one.source_id])),
        )
        for one in articles
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """Where the prints of all entries lead, as in the store."""

    entries: Mapping[ArticleId, Said]
    leads: Mapping[int, Sequence[ArticleId]]
    worn: frozenset[int]

    @classmethod
    def of(cls, said: Iterable[Said]) -> "_Index":
        by_id = {one.article_id: one for one in said}
        leads: dict[int, list[ArticleId]] = defaultdict(list)
        for one in by_id.values():
            for number in copies.prints(one):
                leads[number].append(one.article_id)
        worn = (
            number for number, ids in leads.items()
            if max(Counter(by_id[one].source_id for one in ids).values()) > 1
        )  # fmt: skip
        return cls(entries=by_id, leads=leads, worn=frozenset(worn))

    def match(self, copy: Said) -> bool:
        """Say whether a copy leads back to what it was made of."""
        common: Counter[ArticleId] = Counter()
        for number in copies.prints(copy):
            found = self.leads.get(number, ())
            common.update(found if len(found) < CROWD else ())
        keys = set(copy.keys.values())
        led = {one for number in keys for one in self.leads.get(number, ())}
        near = [one for one, count in common.items() if count > CHANCE or one in led]
        nearest = sorted(near, key=lambda one: (-common[one], one))[:CANDIDATES]
        return copy.article_id in nearest and bool(
            copies.likeness(copy, self.entries[copy.article_id], worn=self.worn)
        )


def _chosen(captured: Sequence[tuple[Article, Said]]) -> Iterator[tuple[Article, Said]]:
    taken: Counter[SourceId] = Counter()
    for article, said in captured:
        if len(said.words) >= copies.LEAST_WORDS and taken[said.source_id] < MOST_OF_EACH:
            taken[said.source_id] += 1
            yield article, said


def _recall(name: str, edit: Edit, chosen: Sequence[tuple[Article, Said]], index: _Index) -> Figure:
    found = plain = 0
    for article, said in chosen:
        chance = random.Random(article.id)  # noqa: S311 -- the same edits each time
        text = edit(texts.text(article), chance)
        title = HEADLINE if edit is _headline else article.title
        copy = replace(
            said, source_id=ELSEWHERE, names=frozenset(),
            headline=copies.without(copies.sentences(title), ()),
            words=copies.without(copies.sentences(text), ()),
        )  # fmt: skip
        found += index.match(copy)
        plain += _jaccard(copy, said)
    count = len(chosen)
    return Figure(name=f"recall, {name}", value=found / count, plain=plain / count, target=0.98)


def _jaccard(one: Said, other: Said) -> bool:
    ours, theirs = _runs(one), _runs(other)
    return bool(ours) and len(ours & theirs) >= 0.5 * len(ours | theirs)


def _runs(said: Said) -> set[tuple[str, str, str]]:
    return set(zip(said.words, said.words[1:], said.words[2:], strict=False))


def _neighbours(said: Sequence[Said], index: _Index) -> Iterator[Pair]:
    """Yield the nearest pairs of two feeds and one language, nearest first, but for true copies."""
    vectors = _vectors([one for one in said if len(one.words) >= copies.LEAST_WORDS])
    having: dict[tuple[str, str], list[ArticleId]] = defaultdict(list)
    for one, weights in vectors.items():
        for stem in weights:
            having[stem].append(one)
    scores: list[tuple[float, ArticleId, ArticleId]] = []
    for one, weights in vectors.items():
        cosines: dict[ArticleId, float] = defaultdict(float)
        for stem, weight in weights.items():
            for other in having[stem]:
                if index.entries[other].source_id > index.entries[one].source_id:
                    cosines[other] += weight * vectors[other][stem]
        nearest = nlargest(NEAREST, ((cosine, other) for other, cosine in cosines.items()))
        scores += [(-round(cosine, 6), one, other) for cosine, other in nearest]
    for _, first, second in sorted(scores):
        pair = index.entries[first], index.entries[second]
        if not _is_one(*pair):
            yield pair


def _vectors(said: Sequence[Said]) -> dict[ArticleId, dict[tuple[str, str], float]]:
    """Return the weights of the stems of each entry, as a vector of length 1."""
    stems = {one.article_id: _stems(one) for one in said}
    frequencies = Counter(stem for some in stems.values() for stem in some)
    vectors = {}
    for one, some in stems.items():
        weights = {
            stem: (1 + math.log(count)) * math.log(len(stems) / frequencies[stem])
            for stem, count in some.items()
            if frequencies[stem] <= COMMON
        }
        length = math.hypot(*weights.values()) or 1.0
        vectors[one] = {stem: weight / length for stem, weight in weights.items()}
    return vectors


def _stems(said: Said) -> Counter[tuple[str, str]]:
    found = words.stems(" ".join(said.words), said.language)
    return Counter((said.language, stem) for stem in found)


def _is_one(one: Said, other: Said) -> bool:
    """Say whether two entries are one: of one page or headline, or read and found so."""
    if one.names & other.names or one.headline == other.headline:
        return True
    return any(
        all(any(part in name for name in one.names | other.names) for part in twins)
        for twins in TWINS
    )


def _dateline(text: str, _chance: random.Random) -> str:
    return f"BRUSSELS, 12 June (Agency) \u2013 {text}"


def _headline(text: str, _chance: random.Random) -> str:
    return text


def _tenth(text: str, chance: random.Random) -> str:
    """Put other words, of the text itself, in the place of each tenth."""
    found = WORD.findall(text)
    at = [place for place, word in enumerate(found) if not word.isspace()]
    for place in chance.sample(at, len(at) // 10):
        found[place] = found[chance.choice(at)]
    return "".join(found)


def _fewer_sentences(text: str, chance: random.Random) -> str:
    found = [one for one in SENTENCE.split(text) if one]
    cut = set(chance.sample(range(len(found)), int(len(found) * 0.4)))
    return " ".join(one for place, one in enumerate(found) if place not in cut)


def _first_part(text: str, _chance: random.Random) -> str:
    found = WORD.findall(text)
    return "".join(found[: math.ceil(len(found) * 0.4)])


def _first_paragraph(text: str, _chance: random.Random) -> str:
    return text.strip().partition("\n")[0]


def _rewritten_quarter(text: str, chance: random.Random) -> str:
    """Shuffle the words of one quarter until hardly two stand together as they did."""
    found = WORD.findall(text)
    start = chance.randrange(len(found) * 3 // 4 + 1)
    quarter = found[start : start + len(found) // 4]
    chance.shuffle(quarter)
    return "".join((*found[:start], " ".join(quarter), *found[start + len(quarter) :]))


def _typography(text: str, _chance: random.Random) -> str:
    signs = {
        "'": "\u2019",
        '"': "\u201d",
        "-": "\u2010",
        "...": "\u2026",
        ", ": ",\u00a0",
        "fi": "\ufb01",
    }
    for plain, set_ in signs.items():
        text = text.replace(plain, set_)
    return text


EDITS: dict[str, Edit] = {
    "dateline": _dateline,
    "new headline": _headline,
    "a tenth of the words": _tenth,
    "two sentences in five cut": _fewer_sentences,
    "first two fifths": _first_part,
    "title and first paragraph": _first_paragraph,
    "a quarter rewritten": _rewritten_quarter,
    "typography": _typography,
}
