"""What was answered before is answered at once, and never otherwise than it would be anew."""

import http.client
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher import ready
from publisher.ready import Answers
from publisher.serve import Server, _Paper
from publisher.shelf import Document
from tests.publisher.asking import Answer, ask
from tests.publisher.trees import ATOM, lay_out, publish

SOON = timedelta(seconds=10)
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("paper") / "public")


@pytest.fixture(scope="module")
def port(output: Path) -> Iterator[int]:
    server = Server(output, port=0)
    yield server.start()
    server.stop(SOON)


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the application was asked for."""
    seen: list[str] = []
    whole = _Paper._answer

    async def counting(self: _Paper, scope: Scope) -> Response:
        seen.append(scope["path"])
        return await whole(self, scope)

    monkeypatch.setattr(_Paper, "_answer", counting)
    return seen


def told(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    fields = sorted((name.lower(), value) for name, value in answer.headers.items())
    return answer.status, [each for each in fields if each[0] != "date"], answer.body


def test_who_asks_the_same_of_the_same_file_is_answered_at_once(
    port: int, output: Path, laid_out: list[str]
) -> None:
    publish(output, "news.xml", ATOM)
    first, *others = (ask(port, "/news.xml", accept_encoding="gzip") for _ in range(5))
    assert [told(each) for each in others] == [told(first)] * 4
    etag = first.headers["ETag"]
    for _ in range(3):
        assert ask(port, "/news.xml", if_none_match=etag, accept_encoding="gzip").status == 304
    assert laid_out == ["/news.xml"] * 2


WISHES = st.fixed_dictionaries(
    {},
    optional={
        "accept_encoding": st.sampled_from(["gzip", "br", "gzip;q=0, br", "identity", "", "*"]),
        "if_none_match": st.sampled_from(["*", '"unknown"', "ETAG", 'W/ETAG, "other"', ""]),
        "if_modified_since": st.sampled_from(
            ["Fri, 01 Jan 2100 00:00:00 GMT", "Mon, 01 Jan 1990 00:00:00 GMT", "yesterday"]
        ),
        "a_im": st.sampled_from(["feed", "feed;q=0"]),
        "range": st.sampled_from(["bytes=0-4", "bytes=-1", "lines=1-2"]),
        "if_range": st.sampled_from(["ETAG", '"unknown"']),
        "connection": st.sampled_from(["close", "keep-alive"]),
        "user_agent": st.sampled_from(["a", "b"]),
    },
)


@given(wishes=st.lists(WISHES, min_size=1, max_size=6), path=st.sampled_from(["/", "/atom.xml"]))
@example(wishes=[{}, {"accept_encoding": "gzip"}, {}], path="/atom.xml")
@example(wishes=[{"range": "bytes=0-4"}, {}], path="/atom.xml")
def test_an_answer_is_the_same_whatever_was_asked_before(
    port: int, wishes: list[dict[str, str]], path: str
) -> None:
    etag = ask(port, path).headers["ETag"]
    for wish in wishes:
        fields = {name: value.replace("ETAG", etag) for name, value in wish.items()}
        again = told(ask(port, path, **fields))
        anew = told(ask(port, f"{path}?", **fields))  # with a query nothing is answered at once
        assert again == anew


def test_a_file_that_is_replaced_is_answered_anew(port: int, output: Path) -> None:
    for number in range(5):
        (output / "turn.html.new").write_bytes(b"edition %d" % number)
        (output / "turn.html.new").replace(output / "turn.html")
        for _ in range(2):
            assert ask(port, "/turn.html").body == b"edition %d" % number


def test_answers_stand_in_the_order_in_which_they_were_asked_for(port: int, output: Path) -> None:
    for name in "abc":
        (output / f"{name}.txt").write_text(name * 3)
    ask(port, "/b.txt")
    request = b"".join(b"GET /%c.txt HTTP/1.1\r\nHost: x\r\n\r\n" % name for name in b"abcb")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.replace(b"\r\n\r\n", b"\r\nAccept-Encoding: identity\r\n\r\n"))
        received = b""
        while received.count(b"bbb") < 2:
            received += connection.recv(65536)
    bodies = [part[:3] for part in received.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"aaa", b"bbb", b"ccc", b"bbb"]


def test_head_is_never_answered_with_a_body(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for method in ("GET", "HEAD", "GET", "HEAD"):
        client.request(method, "/atom.xml")
        answer = client.getresponse()
        assert (answer.status, len(answer.read())) == (200, 0 if method == "HEAD" else len(ATOM))
    client.close()


def test_what_stands_beside_the_paper_outranks_what_was_answered(output: Path) -> None:
    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("the other")(scope, receive, send)

    beside: dict[str, ASGIApp] = {}
    server = Server(output, port=0, beside=beside)
    port = server.start()
    assert [ask(port, "/atom.xml").body for _ in range(2)] == [ATOM, ATOM]
    beside["/atom.xml"] = other
    assert ask(port, "/atom.xml").body == b"the other"
    server.stop(SOON)


def test_what_is_kept_is_bounded_and_whole_and_of_one_reading_of_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ready, "_MOST", 10)
    answers = Answers()
    document = Document(path="atom.xml", body=ATOM, etag='"1"', modified=NOON)
    for number in range(100):
        answers.keep(document, [(b"if-none-match", b"%d" % number)], 200, [])
        assert len(answers._heads) <= 10
    for wish in ((b"if-none-match", b"x" * 1000), (b"a-im", b"feed"), (b"range", b"bytes=0-1")):
        answers.keep(document, [wish], 200, [])
        assert answers.find(document, [wish]) is None
    other = Document(path="atom.xml", body=ATOM, etag='"1"', modified=NOON)
    assert answers.find(document, [(b"if-none-match", b"99")]) is not None
    assert answers.find(other, [(b"if-none-match", b"99")]) is None
