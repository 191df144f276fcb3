"""Asking sources: many at once, each host by one at a time, and nobody's fault is another's."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event, Lock, Semaphore
from threading import enumerate as running

import pytest

from aggregator.model import Http, Settings, Source
from aggregator.pull import Parse, Pulled, Turn, agent, ask, pull
from aggregator.store.sources import Remembered
from feeds.errors import AbsentError, FetchError, NotAFeedError, SourceError, Trouble
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.model import SourceFeed
from feeds.reading import Reading
from tests.aggregator.newsrooms import a_paper, a_source

FEED = Reading(feed=SourceFeed(format="rss20", title="A"))


def turn(source: Source, **changes: object) -> Turn:
    fresh = Remembered(id=source.id, feed=source.feed, address=source.feed)
    return Turn(source=source, remembered=replace(fresh, **changes))  # type: ignore[arg-type]


def fetched(request: Request) -> Fetched:
    return Fetched(body=b"<rss/>", url=request.url, validators=Validators(etag='"1"'))


def read(_body: bytes, _url: str, _type: str, _seen: AbstractSet[str]) -> Reading:
    return FEED


def asked(source: Source, **known: object) -> Request:
    """Return what is asked for of a source that was read as `known` says."""
    seen: list[Request] = []

    def fetch(request: Request) -> NotModified:
        seen.append(request)
        return NotModified(validators=request.validators)

    ask(turn(source, **known), user_agent="us", fetch=fetch, parse=read)
    return seen[0]


def pulled(
    *turns: Turn,
    fetch: Callable[[Request], Fetched | NotModified] = fetched,
    parse: Parse = read,
    settings: Settings | None = None,
    threads: int = 16,
) -> list[Pulled]:
    answers = pull(
        turns, settings=settings or a_paper(), fetch=fetch, parse=parse, stopping=Event(),
        threads=threads,
    )  # fmt: skip
    return [one for some in answers for one in some]


# One source


def test_a_document_is_read_and_known_again() -> None:
    source = a_source("a")
    first = ask(turn(source), user_agent="us", fetch=fetched, parse=read)
    assert first.reading == FEED

    def never(*_: object) -> Reading:
        raise AssertionError

    same = turn(source, body_hash=first.body_hash)
    again = ask(same, user_agent="us", fetch=fetched, parse=never)
    assert (again.reading, again.error, again.body_hash) == (None, None, first.body_hash)
    assert first.body_hash is not None
    assert len(first.body_hash) == 64


def test_an_unchanged_document_keeps_what_it_is_known_by() -> None:
    def unchanged(request: Request) -> NotModified:
        return NotModified(validators=request.validators)

    found = ask(turn(a_source("a"), body_hash="x"), user_agent="us", fetch=unchanged, parse=read)
    assert (found.reading, found.error, found.body_hash) == (None, None, "x")


@pytest.mark.parametrize(
    "change",
    [
        {"language": "de"},
        {"max_items": 5},
        {"max_age": timedelta(days=9)},
    ],
)
def test_a_source_that_is_read_otherwise_is_read_again_though_it_is_unchanged(
    change: dict[str, object],
) -> None:
    source = a_source("a")
    first = ask(turn(source), user_agent="us", fetch=fetched, parse=read)
    known = {"body_hash": first.body_hash, "etag": '"1"', "last_modified": "yesterday"}
    assert asked(source, **known).validators == Validators(etag='"1"', last_modified="yesterday")
    otherwise = replace(source, **change)  # type: ignore[arg-type]
    assert asked(otherwise, **known).validators == Validators()
    again = ask(turn(otherwise, **known), user_agent="us", fetch=fetched, parse=read)
    assert again.reading == FEED


def test_a_source_is_asked_as_the_operator_says_and_where_it_moved_to() -> None:
    http = replace(
        a_source("a").http, user_agent="Mine/1", headers=(("X-Key", "k"),),
        timeout=timedelta(seconds=3),
    )  # fmt: skip
    request = asked(a_source("a", http=http), address="https://moved.example/feed")
    assert request.url == "https://moved.example/feed"
    assert (request.user_agent, request.headers) == ("Mine/1", (("X-Key", "k"),))
    assert request.timeout == timedelta(seconds=3)
    assert asked(a_source("a")).user_agent == "us"


def test_we_say_who_we_are_and_whom_to_write_to() -> None:
    assert agent(a_paper()).endswith("(+https://paper.example/)")
    assert agent(a_paper(contact="mailto:x@paper.example")).endswith("(+mailto:x@paper.example)")


@pytest.mark.parametrize("error", [FetchError("no answer"), NotAFeedError("HTML")])
def test_a_failure_is_in_the_result(error: SourceError) -> None:
    def failing(*_: object) -> Fetched:
        raise error

    def failing_to_read(*_: object) -> Reading:
        raise error

    one = turn(a_source("a"))
    assert ask(one, user_agent="us", fetch=failing, parse=read).error is error
    assert ask(one, user_agent="us", fetch=fetched, parse=failing_to_read).error is error


@pytest.mark.parametrize("fault", [KeyError("x"), RecursionError("deep"), MemoryError()])
def test_a_fault_of_ours_is_that_source_s_failure_and_is_logged(
    fault: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> Reading:
        raise fault

    found = ask(turn(a_source("a")), user_agent="us", fetch=fetched, parse=failing)
    assert type(found.error) is SourceError
    assert f"please report it: {type(fault).__name__}" in str(found.error)
    logged = "".join(capsys.readouterr())
    assert "a fault of ours" in logged
    assert "Traceback" in logged
    assert type(fault).__name__ in logged


# Many sources


def test_every_source_answers_once_and_one_that_breaks_breaks_no_other() -> None:
    def fetch(request: Request) -> Fetched:
        if "s3." in request.url:
            raise ZeroDivisionError
        if "s4." in request.url:
            raise FetchError("no answer")
        return fetched(request)

    turns = [turn(a_source(f"s{number}")) for number in range(40)]
    turns += [
        turn(a_source(f"t{number}", feed=f"https://s3.example/{number}")) for number in range(3)
    ]
    found = pulled(*turns, fetch=fetch)
    assert {one.turn.source.id for one in found} == {one.source.id for one in turns}
    assert len(found) == len(turns)
    failed = {one.turn.source.id for one in found if one.error}
    assert failed == {"s3", "s4", "t0", "t1", "t2"}


def test_a_host_is_asked_by_one_at_a_time_and_many_hosts_at_once() -> None:
    hosts = [f"h{number}.example" for number in range(4)]
    together = Barrier(len(hosts), timeout=20)
    lock, busy, most = Lock(), Counter[str](), Counter[str]()

    def fetch(request: Request) -> Fetched:
        host = request.url.split("/")[2].lower()
        with lock:
            busy[host] += 1
            most[host] = max(most[host], busy[host])
        if request.url.endswith("/0"):
            together.wait()  # all hosts are here at once, or this never ends
        with lock:
            busy[host] -= 1
        return fetched(request)

    turns = [
        turn(
            a_source(
                f"s{place}-{number}", feed=f"https://{host.upper() if number else host}/{number}"
            )
        )
        for number in range(5)
        for place, host in enumerate(hosts)
    ]
    found = pulled(*turns, fetch=fetch)
    assert [one.error for one in found] == [None] * 20
    assert dict(most) == dict.fromkeys(hosts, 1)


def test_sources_that_moved_to_one_host_share_it() -> None:
    lock, busy, most = Lock(), Counter[str](), [0]

    def fetch(request: Request) -> Fetched:
        with lock:
            busy["host"] += 1
            most[0] = max(most[0], busy["host"])
        Event().wait(0.005)
        with lock:
            busy["host"] -= 1
        return fetched(request)

    turns = [
        turn(a_source(f"s{number}"), address=f"https://one.example/{number}") for number in range(6)
    ]
    assert len(pulled(*turns, fetch=fetch)) == 6
    assert most == [1]


def test_nothing_to_ask_is_nothing_to_wait_for() -> None:
    assert pulled() == []


def test_whoever_stops_listening_stops_the_asking() -> None:
    seen: list[str] = []
    go_on = Event()

    def fetch(request: Request) -> Fetched:
        seen.append(request.url)
        if len(seen) > 1:
            go_on.wait(20)
        return fetched(request)

    turns = [
        turn(a_source(f"s{number}", feed=f"https://one.example/{number}")) for number in range(9)
    ]
    before = set(running())
    answers = pull(turns, settings=a_paper(), fetch=fetch, parse=read, stopping=Event())
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    go_on.set()
    for thread in set(running()) - before:
        thread.join(20)
    assert len(seen) <= 2


def test_an_address_that_is_none_is_that_source_s_failure() -> None:
    bad = turn(a_source("bad"), address="http://[::1/feed")

    def fetch(request: Request) -> Fetched:
        if "[" in request.url:
            raise FetchError("not an address")
        return fetched(request)

    found = pulled(bad, turn(a_source("a")), fetch=fetch)
    assert {one.turn.source.id: bool(one.error) for one in found} == {"bad": True, "a": False}


def test_being_told_to_stop_ends_it_while_a_source_dawdles() -> None:
    stopping, blocked = Event(), Event()

    def fetch(request: Request) -> Fetched:
        stopping.set()
        blocked.wait(20)
        return fetched(request)

    turns = [turn(a_source("a")), turn(a_source("b"))]
    assert list(pull(turns, settings=a_paper(), fetch=fetch, parse=read, stopping=stopping)) == []
    blocked.set()


@pytest.mark.parametrize(
    ("error", "asked_for"),
    [
        (AbsentError("there is no host named h.example", trouble=Trouble.DNS), 1),
        (AbsentError("cannot connect to h.example: refused", trouble=Trouble.UNREACHABLE), 1),
        (FetchError("there is no host named h.example.b.example", trouble=Trouble.DNS), 3),
        (FetchError("there is no host named elsewhere.example", trouble=Trouble.DNS), 3),
        (FetchError("no complete answer within 1 s", trouble=Trouble.TIMEOUT), 3),
    ],
)
def test_only_a_host_that_is_not_there_is_not_asked_for_its_other_feeds(
    error: FetchError, asked_for: int
) -> None:
    requests: list[str] = []

    def fetch(request: Request) -> Fetched:
        requests.append(request.url)
        raise error

    turns = [turn(a_source(name, feed=f"https://h.example/{name}")) for name in "abc"]
    answers = pulled(*turns, fetch=fetch)
    assert len(requests) == asked_for
    assert [str(one.error) for one in answers] == [str(error)] * 3


@pytest.mark.parametrize(
    ("feed", "http"),
    [
        ("https://h.example:8443/b", Http()),
        ("http://h.example/b", Http()),
        ("https://h.example/b", Http(proxy="socks5://127.0.0.1:9050")),
    ],
)
def test_who_is_not_there_may_be_there_at_another_port_or_by_another_way(
    feed: str, http: Http
) -> None:
    def fetch(request: Request) -> Fetched:
        if request.url.endswith("/a"):
            raise AbsentError("cannot connect to h.example: refused", trouble=Trouble.UNREACHABLE)
        return fetched(request)

    answers = pulled(
        turn(a_source("a", feed="https://h.example/a")),
        turn(a_source("b", feed=feed, http=http)),
        fetch=fetch,
    )
    assert [one.error is None for one in answers] == [False, True]


def test_what_has_come_meanwhile_is_given_at_once() -> None:
    turns = [
        turn(a_source(f"s{number}", feed=f"https://h{number}.example/")) for number in range(9)
    ]
    answered = Semaphore(0)

    def fetch(request: Request) -> Fetched:
        answered.release()
        return fetched(request)

    answers = pull(turns, settings=a_paper(), fetch=fetch, parse=read, stopping=Event(), threads=1)
    first = next(answers)
    for _ in turns:
        assert answered.acquire(timeout=20)
    some = [len(first), *map(len, answers)]
    assert sum(some) == len(turns)
    assert len(some) < len(turns)


def test_no_more_are_asked_while_many_wait_to_be_kept() -> None:
    asked: list[str] = []

    def fetch(request: Request) -> Fetched:
        asked.append(request.url)
        return fetched(request)

    number = 400
    turns = [turn(a_source(f"s{n}", feed=f"https://h{n}.example/")) for n in range(number)]
    answers = pull(turns, settings=a_paper(), fetch=fetch, parse=read, stopping=Event(), threads=4)
    taken = len(next(answers))
    while (before := len(asked)) < number:  # until they have stopped asking of their own accord
        Event().wait(0.3)
        if len(asked) == before:
            break
    assert len(asked) <= taken + 32 + 4
    assert taken + sum(map(len, answers)) == number
