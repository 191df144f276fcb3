"""Whom TLS believes: per source, on connections no other source uses."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from feeds.errors import FetchError, Trouble
from feeds.fetch import Fetched, Fetcher, Request
from feeds.trust import Trust
from tests.aggregator.rounds import LOOPBACK, SMALL
from tests.feeds.misbehaving import FEED, Server, reply, saying, serving


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def certified(authority: trustme.CA, name: str = "news.example") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def between(context: ssl.SSLContext) -> Iterator[tuple[Server, Fetcher]]:
    with serving(saying(reply()), context) as server:
        routes = {"news.example": ("127.0.0.1", server.port)}
        fetcher = Fetcher(allow_networks=LOOPBACK, routes=routes, limits=SMALL)
        yield server, fetcher
        fetcher.close()


def ask(fetcher: Fetcher, trust: Trust) -> bytes:
    answer = fetcher(Request(url="https://news.example/feed", user_agent="us", trust=trust))
    assert isinstance(answer, Fetched)
    return answer.body


def test_an_operators_own_authority_is_believed(authority: trustme.CA, ca: str) -> None:
    with between(certified(authority)) as (_, fetcher):
        assert ask(fetcher, Trust(ca=ca)) == FEED


def test_what_one_source_believes_no_other_does(authority: trustme.CA, ca: str) -> None:
    """The same host, the same thread, a connection kept open: and yet each is judged by its own."""
    with between(certified(authority)) as (server, fetcher):
        for _ in range(2):
            assert ask(fetcher, Trust(ca=ca)) == FEED
            with pytest.raises(FetchError, match="cannot be trusted"):
                ask(fetcher, Trust())
            assert ask(fetcher, Trust(anybody=True)) == FEED
        assert len(server.heads) == 4


@pytest.mark.parametrize("name", ["news.example", "other.example"])
def test_an_authority_is_not_anybody(authority: trustme.CA, ca: str, name: str) -> None:
    another = trustme.CA() if name == "news.example" else authority
    with between(certified(another, name)) as (_, fetcher):
        with pytest.raises(FetchError, match="cannot be trusted"):
            ask(fetcher, Trust(ca=ca))
        assert ask(fetcher, Trust(anybody=True)) == FEED


def test_a_file_of_authorities_that_changed_is_read_again(authority: trustme.CA, ca: str) -> None:
    path = Path(ca)
    trustme.CA().cert_pem.write_to_path(path)
    with between(certified(authority)) as (_, fetcher):
        with pytest.raises(FetchError, match="cannot be trusted"):
            ask(fetcher, Trust(ca=ca))
        authority.cert_pem.write_to_path(path)
        os.utime(path, ns=(1, 1))
        assert ask(fetcher, Trust(ca=ca)) == FEED


def test_a_file_of_authorities_that_is_none_is_that_sources_trouble(
    authority: trustme.CA, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("no certificate")
    with between(certified(authority)) as (server, fetcher):
        for path, words in {
            tmp_path / "missing": "cannot read .+missing: no such file",
            tmp_path / "text": "holds no certificates",
            tmp_path: "holds no certificates",
        }.items():
            with pytest.raises(FetchError, match=f"http.ca: .*{words}") as caught:
                ask(fetcher, Trust(ca=str(path)))
            assert caught.value.trouble is Trouble.TLS
        assert server.heads == []


def test_a_server_of_old_is_asked_where_the_operator_says_so(
    authority: trustme.CA, ca: str
) -> None:
    context = certified(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match=r"TLSv1_1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match=r"TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with between(context) as (_, fetcher):
        with pytest.raises(FetchError, match=r"handshake failed.+http\.old_tls") as caught:
            ask(fetcher, Trust(ca=ca))
        assert caught.value.trouble is Trouble.TLS
        assert ask(fetcher, Trust(ca=ca, old=True)) == FEED
