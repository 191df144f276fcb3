"""S17: whatever others say, an event of the log is one line, and tells no key."""

import io
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from aggregator import logs


def logged(monkeypatch: pytest.MonkeyPatch, **words: str) -> str:
    written = io.StringIO()
    with monkeypatch.context() as here:
        here.setattr(sys, "stderr", written)
        logs.configure()
        structlog.get_logger().warning("source failed", **words)
    structlog.reset_defaults()
    return written.getvalue()


@pytest.mark.parametrize(
    "words",
    ["a\nb", "a\r\nb", "a\rb", "a\x1b[2Jb", "a\u2028b", "a\x85b", "a\x0bb", "\x00", "\u202e"],
)
def test_nobody_can_begin_a_line_of_ours(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    line = logged(monkeypatch, source=words, problem=words)
    assert len(line.splitlines()) == 1
    assert line.endswith("\n")
    assert line[:-1].isprintable()


@given(words=st.text(max_size=40))
def test_any_text_is_one_line(words: str) -> None:
    with pytest.MonkeyPatch.context() as here:
        line = logged(here, source=words)
    assert len(line.splitlines()) == 1
    assert line[:-1].isprintable()


def test_what_is_printable_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Çağdaş 日報" in logged(monkeypatch, source="Çağdaş 日報")


def test_an_address_in_the_log_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = "no answer from https://me:s3cret@a.example/rss?token=s3cret&page=2"
    line = logged(monkeypatch, problem=problem)
    assert "s3cret" not in line
    assert "page=2" in line
