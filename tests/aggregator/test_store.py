"""The store: kept whole or not at all, read while it is written, and told in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from aggregator import naming
from aggregator.model import ArticleId, Placement, Relation, Slug, Source, SourceId
from aggregator.status import statuses
from aggregator.store import articles, judgements, layout, names
from aggregator.store.codec import to_article, to_row
from aggregator.store.engine import (
    hold,
    open_database,
    open_to_read,
    transaction,
)
from aggregator.store.judgements import Term
from aggregator.store.kinds import Moment
from aggregator.store.sources import REMOVED, Remembered, enrol, entries, remember, remembered
from feeds.errors import StateHeldError, StoreError
from feeds.model import Category, Episode, Hints, Link, Person, Reply, Upstream
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_paper, a_source
from tests.aggregator.pieces import PICTURE, an_article, kept
from tests.aggregator.rounds import DAY, HOUR
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_of(tmp_path))
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as opened:
        enrol(opened, (a_source("a"), a_source("b")))
        yield opened


def look(folder: Path) -> tuple[ArticleId, ...]:
    with open_to_read(database_of(folder)) as connection:
        return articles.every(connection) if connection else ()


# Moments


@given(
    st.datetimes(
        min_value=datetime(1, 1, 3),  # noqa: DTZ001 -- hypothesis adds the zone
        max_value=datetime(9999, 12, 29),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_a_moment_comes_back_aware_and_to_the_second(moment: datetime) -> None:
    kind = Moment()
    written = kind.process_bind_param(moment, None)  # type: ignore[arg-type]  # it looks at none
    assert len(written) == 20
    back = kind.process_result_value(written, None)  # type: ignore[arg-type]
    assert back == moment.astimezone(UTC).replace(microsecond=0)
    assert back.tzinfo is UTC


@given(*[st.datetimes(timezones=st.just(UTC))] * 2)
def test_moments_sort_as_their_text_does(one: datetime, other: datetime) -> None:
    first, second = (
        Moment().process_bind_param(each, None)  # type: ignore[arg-type]
        for each in (one.replace(microsecond=0), other.replace(microsecond=0))
    )
    assert (first < second) == (one.replace(microsecond=0) < other.replace(microsecond=0))


def test_a_naive_moment_is_refused(connection: Connection) -> None:
    with pytest.raises(Exception, match="no time zone"):
        articles.add(connection, [kept(published=datetime(2026, 6, 1))])  # noqa: DTZ001


# Opening


def test_a_database_is_made_and_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        opened = open_database(database_of(tmp_path))
        with transaction(opened) as connection:
            assert remembered(connection) == {}
        opened.dispose()


def test_a_folder_that_is_a_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be used"), hold(tmp_path / "state"):
        pass


def test_a_state_is_held_by_one_and_free_again_after(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(StateHeldError, match="another Broadsheet"), hold(tmp_path):
        pass
    with hold(tmp_path):
        pass


# Transactions


def test_an_exception_inside_a_transaction_leaves_nothing(engine: Engine) -> None:
    def work() -> None:
        with transaction(engine) as connection:
            enrol(connection, (a_source("a"),))
            articles.add(connection, [kept()])
            raise KeyError

    with pytest.raises(KeyError):
        work()
    with transaction(engine) as connection:
        assert remembered(connection) == {}
        assert articles.every(connection) == ()


def test_who_reads_beside_a_build_sees_what_was_there_before(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as connection:
        enrol(connection, (a_source("a"),))
    with transaction(engine) as connection:
        articles.add(connection, [kept()])
        with open_to_read(database_of(tmp_path)) as reading:
            assert reading is not None
            assert articles.every(reading) == ()
            rows = statuses(a_paper(a_source("a")), remembered(reading), entries(reading))
            assert [(row.state, row.entries) for row in rows] == [("new", 0)]
    with open_to_read(database_of(tmp_path)) as reading:
        assert reading is not None
        assert len(articles.every(reading)) == 1


def test_what_the_database_refuses_is_a_store_error(engine: Engine) -> None:
    with transaction(engine) as connection:
        enrol(connection, (a_source("a"),))
    with pytest.raises(StoreError, match=r"(?i)unique"), transaction(engine) as connection:
        articles.add(connection, [kept(), kept()])
    with transaction(engine) as connection:
        assert articles.every(connection) == ()


# Articles


def test_an_article_comes_back_as_it_was_kept(connection: Connection) -> None:
    whole = an_article(
        authors=(Person(name="Jo \U0001f4f0", email="jo@a.example", uri="https://a.example/jo"),),
        categories=(Category(term="World", scheme="https://a.example/", label="The World"),),
        image=replace(PICTURE, width=10**30, height=1),
        enclosures=(Link(href="https://a.example/x.mp3", rel="enclosure", length=2**70),),
        links=(Link(href="https://a.example/c", rel="replies", type="text/html"),),
        in_reply_to=(Reply(ref="urn:a:0", href="https://a.example/0"),),
        upstream=Upstream(title="The Wire", feed="https://wire.example/f"),
        episode=Episode(duration=61, transcripts=(Link(href="https://a.example/t", type="t/x"),)),
        reply_count=3,
        rights="© A",
    )
    bare = an_article(2, content=None, summary="")
    for one in (whole, bare):
        articles.add(connection, [replace(kept(), article=one)])
    assert articles.read(connection, [whole.id, bare.id]) == {whole.id: whole, bare.id: bare}
    assert to_article(to_row(whole)) == whole


def test_an_article_kept_by_an_older_version_lacks_only_what_that_did_not_keep() -> None:
    row = to_row(an_article())
    parts = {name: row["parts"][name] for name in ("authors", "categories", "image", "enclosures")}
    assert to_article({**row, "parts": parts}) == an_article()


def test_an_article_is_found_by_any_of_its_names_in_its_source_alone(
    connection: Connection,
) -> None:
    told = [kept(number) for number in range(1, 1203)]
    articles.add(connection, told)
    called = {
        one.article.id: naming.names_kept(one.article.key, one.url_key, one.article.title)
        for one in told
    }
    names.add(connection, SourceId("a"), called, now=NOON)

    def found(source: str, wanted: set[str]) -> set[str]:
        return {one.key for one in names.known(connection, SourceId(source), wanted)}

    first, second = naming.by_key("id:urn:a:1"), naming.places("http://www.else.example/2")
    assert found("a", {first, *second}) == {"id:urn:a:1", "id:urn:a:2"}
    assert found("b", {first, *second}) == set()
    every = {naming.by_key(f"id:urn:a:{number}") for number in range(3000)}
    assert len(found("a", every)) == 1202


def test_an_article_is_taught_so_many_names_and_no_more(connection: Connection) -> None:
    articles.add(connection, [kept(1)])
    for number in range(100):
        names.add(connection, SourceId("a"), {kept(1).article.id: [f"k{number}"]}, now=NOON)
    every = {f"k{number}" for number in range(100)}
    (one,) = names.known(connection, SourceId("a"), every)
    assert one.names == {f"k{number}" for number in range(names.MOST_NAMES)}


def test_what_is_marked_is_marked_once_until_everything_is_printed(connection: Connection) -> None:
    articles.mark(connection, "article", ["x", "y", "x"])
    articles.mark(connection, "article", ["y", "z"])
    articles.mark(connection, "page", ["x"])
    articles.mark(connection, "section", [])
    assert articles.marked(connection, "article") == {"x", "y", "z"}
    assert articles.marked(connection, "page") == {"x"}
    assert articles.marked(connection, "section") == set()
    articles.unmark(connection)
    assert articles.marked(connection, "article") == set()


def test_a_changed_article_is_marked_and_waits_to_be_judged_again(connection: Connection) -> None:
    articles.add(connection, [kept(1), kept(2)])
    assert articles.unjudged(connection) == (an_article(2).id, an_article(1).id), "oldest first"
    judgements.judged(connection, [an_article(1).id, an_article(2).id])
    articles.unmark(connection)
    articles.replace(connection, kept(1, title="Another"))
    assert articles.unjudged(connection) == (an_article(1).id,)
    assert articles.marked(connection, "article") == {an_article(1).id}
    assert articles.judged(connection) == (an_article(2).id,)


# Judgements


def test_frequencies_add_up(connection: Connection) -> None:
    judgements.count(
        connection, "en", {judgements.ALL: 2, ("stem", "bank"): 2, ("phrase", "bank"): 1}
    )
    judgements.count(
        connection, "en", {judgements.ALL: 1, ("stem", "bank"): 1, ("stem", "rate"): 1}
    )
    judgements.count(connection, "de", {judgements.ALL: 5, ("stem", "bank"): 5})
    assert judgements.documents(connection, "en") == 3
    assert judgements.documents(connection, "fr") == 0
    wanted = {"bank", "rate", "none"}
    assert judgements.frequency(connection, "en", "stem", wanted) == Counter(bank=3, rate=1)
    assert judgements.frequency(connection, "en", "phrase", wanted) == Counter(bank=1)


def test_terms_relations_and_placements_are_kept_over_what_they_were(
    connection: Connection,
) -> None:
    one, two, three = (an_article(number).id for number in (1, 2, 3))
    articles.add(connection, [kept(number) for number in (1, 2, 3)])
    term = Term(kind="stem", term="bank", weight=0.5, surface="Banks")
    relation = Relation(article_id=two, score=0.5, phrases=("Ghent",), terms=("quay",))
    placed = Placement(section=Slug("economy"), rank=0, reason="its headline says bank")
    for terms, led, where in (
        ((term,), (relation, replace(relation, article_id=three)), (placed,)),
        ((replace(term, term="rate"),), (replace(relation, article_id=three),), ()),
    ):
        judgements.describe(connection, {one: terms})
        judgements.relate(connection, {one: led})
        judgements.place(connection, {one: where}, {one: NOON})
        assert judgements.described(connection, [one, two]) == {one: terms}
        assert layout.relations_of(connection, [one, two]) == {one: led}
        assert layout.placements_of(connection, [one, two]) == ({one: where} if where else {})
    assert layout.relating(connection, [three]) == {one}
    assert layout.relating(connection, [two]) == set()


def test_neighbours_are_those_whose_terms_weigh_most_together(connection: Connection) -> None:
    ids = [an_article(number).id for number in range(1, 5)]
    articles.add(connection, [kept(number) for number in range(1, 5)])
    weights = {ids[0]: 1.0, ids[1]: 0.2, ids[2]: 0.9, ids[3]: 0.9}
    judgements.describe(
        connection,
        {one: (Term(kind="stem", term="bank", weight=weight),) for one, weight in weights.items()},
    )

    def near(one: str, *, limit: int, of_each: int = 9, language: str = "en") -> list[str]:
        found = judgements.neighbours(
            connection, ArticleId(one), language=language, limit=limit, of_each=of_each
        )
        return sorted(found)

    assert near(ids[0], limit=2) == sorted([ids[2], ids[3]])
    assert near(ids[0], limit=1) == [ids[2]], "a tie goes by id"
    assert near(ids[0], limit=9, of_each=1) == [ids[2]], "one source does not push out the others"
    assert near(ids[0], limit=9, language="fr") == []
    assert near("nobody", limit=9) == []


def test_the_newest_of_a_section_and_what_is_around_one(connection: Connection) -> None:
    rows = [kept(number) for number in range(1, 8)]
    rows[6] = replace(
        rows[6], article=replace(rows[6].article, published=NOON - timedelta(hours=6))
    )
    articles.add(connection, rows)
    ids = [row.article.id for row in rows]
    economy = Placement(section=Slug("economy"), rank=0, reason="")
    judgements.place(
        connection,
        {row.article.id: (economy,) for row in rows},
        {row.article.id: row.article.published for row in rows},
    )
    newest = layout.latest(connection, economy.section, limit=9)
    assert newest == (*ids[:5], ids[6], ids[5]), "of two at one moment the greater id is newer"
    assert layout.latest(connection, None, limit=9) == newest
    assert layout.latest(connection, Slug("nowhere"), limit=9) == ()
    for place, one in enumerate(newest):
        published = articles.dated(connection, [one])[one][0]
        earlier = layout.before(connection, economy.section, published, one, limit=2)
        later = layout.after(connection, economy.section, published, one, limit=2)
        assert earlier == newest[place + 1 : place + 3]
        assert later == newest[:place][::-1][:2]


def test_what_the_ledger_was_first_given_stays(connection: Connection) -> None:
    assert layout.minted(connection, "feed:paper", "tag:one") == "tag:one"
    assert layout.minted(connection, "feed:paper", "tag:two") == "tag:one"
    layout.note(connection, "layout", "1")
    layout.note(connection, "layout", "2")
    assert layout.noted(connection, "layout") == "2"
    assert layout.noted(connection, "nothing") is None


# Sources


def met(connection: Connection, *configured: Source) -> dict[str, tuple[str, str]]:
    enrol(connection, configured)
    return {one.id: (one.feed, one.state) for one in remembered(connection).values()}


def succeed(connection: Connection, name: str) -> Remembered:
    """Let a source have been read, with an article of its own."""
    one = replace(
        remembered(connection)[SourceId(name)],
        state="ok", etag=f"etag of {name}", last_success=NOON, next_fetch=NOON, why="ttl",
        hints=Hints(ttl=HOUR, period=DAY, base=NOON, skip_hours=(0, 23), skip_days=(6,)),
        news=(NOON, NOON - DAY),
    )  # fmt: skip
    remember(connection, one)
    return one


def give(connection: Connection, name: str, number: int) -> ArticleId:
    row = kept(number, source_id=SourceId(name))
    articles.add(connection, [row])
    return row.article.id


def owner(connection: Connection, article_id: ArticleId) -> str:
    return articles.read(connection, [article_id])[article_id].source_id


def test_a_source_is_met_once(connection: Connection) -> None:
    before = succeed(connection, "a")
    met(connection, a_source("a"), a_source("b"))
    assert remembered(connection)[SourceId("a")] == before


def test_a_source_under_another_id_keeps_its_articles_and_validators(
    connection: Connection,
) -> None:
    before, one = succeed(connection, "a"), give(connection, "a", 1)
    met(connection, a_source("new", feed=a_source("a").feed), a_source("b"))
    renamed = replace(before, id=SourceId("new"), name="New")
    assert remembered(connection)[SourceId("new")] == renamed
    assert owner(connection, one) == "new"
    assert "a" not in remembered(connection)


def test_two_sources_that_change_places_keep_their_articles_by_their_feeds(
    connection: Connection,
) -> None:
    before = succeed(connection, "a")
    one, two = give(connection, "a", 1), give(connection, "b", 2)
    a, b = a_source("a"), a_source("b")
    met(connection, replace(a, feed=b.feed), replace(b, feed=a.feed))
    assert (owner(connection, one), owner(connection, two)) == ("b", "a")
    assert remembered(connection)[SourceId("b")] == replace(before, id=SourceId("b"), name="B")


def test_three_sources_may_move_round_at_once(connection: Connection) -> None:
    a, b, c = map(a_source, "abc")
    met(connection, a, b, c)
    ids = [give(connection, name, number) for number, name in enumerate("abc", 1)]
    moved = (replace(a, feed=b.feed), replace(b, feed=c.feed), replace(c, feed=a.feed))
    assert met(connection, *moved) == {one.id: (one.feed, "new") for one in moved}
    assert [owner(connection, one) for one in ids] == ["c", "a", "b"]


def test_a_feed_that_moves_to_a_new_source_takes_its_articles_along(
    connection: Connection,
) -> None:
    succeed(connection, "a")
    one = give(connection, "a", 1)
    a = a_source("a")
    states = met(
        connection, replace(a, feed="https://other.example/"), replace(a, id=SourceId("z"))
    )
    assert owner(connection, one) == "z"
    assert states["a"] == ("https://other.example/", "new")
    assert states["z"] == (a.feed, "ok")
    assert states["b"][1] == REMOVED


def test_a_source_that_takes_another_s_feed_makes_room_for_it(connection: Connection) -> None:
    succeed(connection, "b")
    one, two = give(connection, "a", 1), give(connection, "b", 2)
    states = met(connection, a_source("a", feed=a_source("b").feed))
    assert states.pop("a") == (a_source("b").feed, "ok")
    assert owner(connection, two) == "a", "the feed's articles are known again, not met anew"
    assert [state for _, state in states.values()] == [REMOVED]
    assert owner(connection, one) in states
    back = met(connection, a_source("a"), a_source("b"))
    assert owner(connection, one) == "a"
    assert owner(connection, two) == "b"
    assert set(back) == {"a", "b"}


def test_a_source_with_another_feed_is_asked_afresh_and_keeps_its_articles(
    connection: Connection,
) -> None:
    succeed(connection, "a")
    one = give(connection, "a", 1)
    met(connection, a_source("a", feed="https://other.example/"), a_source("b"))
    now = remembered(connection)[SourceId("a")]
    other = "https://other.example/"
    assert now == Remembered(id=SourceId("a"), feed=other, address=other, name="A", rights="full")
    assert owner(connection, one) == "a"


def test_a_source_taken_out_and_put_back_is_listed_at_once(connection: Connection) -> None:
    before, one = succeed(connection, "a"), give(connection, "a", 1)
    assert met(connection, a_source("b"))["a"][1] == REMOVED
    assert layout.latest(connection, None, limit=9) == ()
    met(connection, a_source("a"), a_source("b"))
    assert remembered(connection)[SourceId("a")] == before
    assert layout.latest(connection, None, limit=9) == (one,)


def test_a_source_that_comes_back_under_another_id_is_known_by_its_feed(
    connection: Connection,
) -> None:
    succeed(connection, "a")
    one = give(connection, "a", 1)
    met(connection, a_source("b"))
    assert met(connection, a_source("b"), a_source("z", feed=a_source("a").feed))["z"][1] == "ok"
    assert owner(connection, one) == "z"


def test_a_gone_source_stays_gone_under_another_name(connection: Connection) -> None:
    remember(connection, replace(succeed(connection, "a"), state="gone", next_fetch=None))
    assert met(connection, a_source("z", feed=a_source("a").feed))["z"][1] == "gone"


CONFIGURED = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["f", "g", "h", "i"])),
    max_size=4,
    unique_by=(lambda one: one[0], lambda one: one[1]),
)


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(CONFIGURED, min_size=1, max_size=5))
def test_articles_stay_with_their_feed_however_sources_are_rearranged(
    engine: Engine, history: list[list[tuple[str, str]]]
) -> None:
    belongs: dict[ArticleId, str] = {}
    with engine.connect() as connection, connection.begin() as work:
        for number, configured in enumerate(history):
            enrol(connection, tuple(a_source(name, feed=feed) for name, feed in configured))
            known = remembered(connection)
            listed = {one.id: one.feed for one in known.values() if one.state != REMOVED}
            assert listed == dict(configured)
            feeds = [one.feed for one in known.values()]
            assert len(set(feeds)) == len(feeds)
            for article, feed in belongs.items():
                now = known[SourceId(owner(connection, article))].feed
                assert now == feed or feed not in feeds
                belongs[article] = now
            for place, (name, feed) in enumerate(configured):
                belongs[give(connection, name, number * 10 + place)] = feed
        work.rollback()


def test_articles_are_counted_by_source(connection: Connection) -> None:
    give(connection, "a", 1)
    give(connection, "a", 2)
    assert entries(connection) == {"a": 2}
    assert set(articles.of_source(connection, SourceId("a"))) == set(articles.every(connection))
    assert articles.of_source(connection, SourceId("b")) == ()


def test_an_article_of_nobody_is_refused(engine: Engine) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"), transaction(engine) as connection:
        articles.add(connection, [kept(source_id=SourceId("nobody"))])
