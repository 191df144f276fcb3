"""Which article goes into which archive document: everything into one, and none of them grows."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.archiving import MOST, Document, Held, file, is_due
from aggregator.model import ArticleId
from tests.conftest import NOON

# What comes at each printing: so many articles, so many days after or before the paper was founded.
TURNS = st.lists(
    st.lists(st.tuples(st.integers(-200, 200), st.integers(1, MOST)), max_size=3), max_size=12
)


def arrived(turn: list[tuple[int, int]], number: int) -> list[Held]:
    return [
        Held(
            article_id=ArticleId(f"{number}-{place}-{each}"),
            published=NOON + timedelta(days=day, minutes=each),
        )
        for place, (day, count) in enumerate(turn)
        for each in range(count)
    ]


@given(turns=TURNS, shows=st.integers(0, 60))
def test_whatever_comes_in_whatever_order_is_shown_or_in_one_document(
    turns: list[list[tuple[int, int]]], shows: int
) -> None:
    everything: list[Held] = []
    waiting: list[Held] = []
    documents: dict[Document, list[Held]] = {}
    ever: set[str] = set()
    for number, turn in enumerate(turns):
        fresh = arrived(turn, number)
        everything += fresh
        waiting += fresh
        newest = sorted(everything, key=lambda one: (one.published, one.article_id))[-shows:]
        shown = {one.article_id for one in newest} if shows else set()
        last = max(documents, key=lambda one: one.seq, default=None)
        if not is_due(waiting, shown, last):
            continue
        filed = file(waiting, shown, last, documents[last] if last else ())
        known = {one.article_id: one for one in everything}
        before = dict(documents)
        if filed.absorbed:
            assert filed.absorbed == last
            assert not filed.absorbed.is_last, "what is closed stays"
            assert {one.article_id for one in documents.pop(filed.absorbed)} <= {
                one for ids in filed.documents.values() for one in ids
            }
        for document, ids in filed.documents.items():
            assert document.seq > max((one.seq for one in before), default=0)
            assert document.name not in ever, "no name is used again"
            assert 0 < len(ids) <= MOST
            ever.add(document.name)
            documents[document] = [known[one] for one in ids]
        placed = [one.article_id for held in documents.values() for one in held]
        assert len(placed) == len(set(placed))
        waiting = [one for one in everything if one.article_id not in set(placed)]
        assert all(one.article_id in shown for one in waiting)
        assert not is_due(waiting, shown, max(documents, key=lambda one: one.seq))
        in_order = sorted(documents, key=lambda one: one.seq)
        assert [one.month for one in in_order] == sorted(one.month for one in in_order)


@given(turns=TURNS)
def test_a_month_that_is_over_has_one_last_document_and_its_name_alone(
    turns: list[list[tuple[int, int]]],
) -> None:
    everything = [one for number, turn in enumerate(turns) for one in arrived(turn, number)]
    filed = file(everything, {one.article_id for one in everything}, None, ())
    months = {f"{one.published:%Y-%m}" for one in everything}
    over = months - {max(months, default="")}
    assert {one.name for one in filed.documents if one.is_last} == {f"{one}.xml" for one in over}
    assert {one.month for one in filed.documents} == over


def test_parts_are_numbered_on_and_the_last_of_a_month_takes_its_name() -> None:
    days = arrived([(0, MOST)], 0) + arrived([(1, MOST // 2)], 1)
    first = file(days, (), None, ())
    assert [one.name for one in first.documents] == ["2026-06-part-1.xml", "2026-06-part-2.xml"]
    last = max(first.documents, key=lambda one: one.seq)
    of_last = [one for one in days if one.article_id in first.documents[last]]
    more = arrived([(2, 10)], 2)
    second = file(more, (), last, of_last)
    assert [one.name for one in second.documents] == ["2026-06-part-3.xml"]
    assert second.absorbed == last
    july = arrived([(31, 1)], 3)
    (part,) = second.documents
    third = file(july, {one.article_id for one in july}, part, [*of_last, *more])
    assert [one.name for one in third.documents] == ["2026-06.xml"]
    assert third.absorbed == part
