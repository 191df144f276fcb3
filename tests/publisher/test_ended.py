"""What ended and what moved, as the press tells it to whoever serves the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import PublishError
from publisher import ended
from publisher.ended import Ended, Gone, Moved

BASE = "https://paper.example/"
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)
folders = st.lists(names, min_size=1, max_size=4).map(lambda parts: "/".join(parts) + "/")
all_ended = st.builds(
    Ended,
    gone=st.frozensets(folders),
    moved=st.dictionaries(folders, folders.map(lambda path: BASE + path)),
)
FILES = (
    "",
    "index.html",
    "atom.xml",
    "rss.xml",
    "feed.json",
    "citations.xml",
    "citations.rss",
    "citations.json",
    "subscribe/",
)


@given(all_ended)
def test_what_the_press_writes_is_what_is_read(whole: Ended) -> None:
    written = ended.files(whole)
    assert set(written) == (set(ended.FILES) if whole.gone or whole.moved else set())
    if written:
        assert ended.read(written[ended.FILE]) == whole
        assert written == ended.files(ended.read(written[ended.FILE])), "in one order"


@given(all_ended, st.sampled_from(FILES))
def test_whatever_stood_in_a_folder_has_gone_where_it_has(whole: Ended, name: str) -> None:
    for folder in whole.gone - whole.moved.keys():
        assert whole.find(folder + name) == Gone()
    for folder, address in whole.moved.items():
        assert whole.find(folder + name) == Moved(address=address + name.replace("index.html", ""))


@given(all_ended, folders, st.sampled_from((*FILES, "nothing.txt", "atom.xmlindex.html")))
def test_nothing_is_said_of_what_never_was(whole: Ended, folder: str, name: str) -> None:
    if folder not in whole.gone | whole.moved.keys():
        assert whole.find(folder + name) is None
        assert whole.find(folder.rstrip("/")) is None
    assert whole.find(f"{folder}{folder}nothing.txt") is None
    assert whole.find(f"{folder}atom.xmlindex.html") is None


def test_no_character_of_an_address_means_anything_to_another_server() -> None:
    odd = 'https://paper.example/a$b";{c}/new/'
    written = ended.files(Ended(moved={"old/": odd}))
    assert written[ended.FILES[1]] == b"/old https://paper.example/a%24b%22%3B%7Bc%7D/new/;\n"
    assert written[ended.FILES[2]] == b"/old https://paper.example/a%24b%22%3B%7Bc%7D/new/\n"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"gone": []}', b'{"gone": 1, "moved": 2}'])
def test_what_somebody_else_wrote_there_is_refused(body: bytes) -> None:
    with pytest.raises(PublishError, match="publish everything again"):
        ended.read(body)
