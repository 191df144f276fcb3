import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Category, Image, Link, Person, SourceEntry, SourceFeed, Text, TextKind
from feeds.reading import Reading

WORDS = st.one_of(st.none(), st.text(max_size=20))
ENTRIES = st.builds(
    SourceEntry,
    id=WORDS,
    title=st.text(max_size=20),
    published=st.one_of(st.none(), st.datetimes(timezones=st.timezones())),
    authors=st.lists(st.builds(Person, name=st.text(), email=WORDS), max_size=3).map(tuple),
    content=st.one_of(
        st.none(), st.builds(Text, value=st.text(), kind=st.sampled_from(list(TextKind)))
    ),
    categories=st.lists(st.builds(Category, term=st.text()), max_size=3).map(tuple),
    image=st.one_of(st.none(), st.builds(Image, href=st.text(), width=st.integers())),
    links=st.lists(st.builds(Link, href=st.text()), max_size=2).map(tuple),
    reply_count=st.one_of(st.none(), st.integers()),
)


@given(st.lists(ENTRIES, max_size=3))
def test_what_a_worker_read_arrives_as_it_was(entries: list[SourceEntry]) -> None:
    reading = Reading(
        feed=SourceFeed(format="rss20", entries=tuple(entries)), fingerprints=("a", "b")
    )
    arrived = pickle.loads(pickle.dumps(reading))  # noqa: S301 -- our own
    assert arrived == reading == copy.deepcopy(reading)
    assert repr(arrived) == repr(reading)


def test_what_arrived_is_as_frozen_as_it_was() -> None:
    arrived = pickle.loads(pickle.dumps(Person(name="Ada")))  # noqa: S301 -- our own
    with pytest.raises(AttributeError):
        arrived.name = "Charles"
    assert hash(arrived) == hash(Person(name="Ada"))


def test_the_words_by_which_an_edit_is_known_are_those_of_a_dataclass() -> None:
    entry = SourceEntry(title="A", content=Text(value="<p>b</p>", kind=TextKind.HTML))
    assert repr(entry) == (
        "SourceEntry(id=None, title='A', permalink=None, published=None, updated=None, authors=(), "
        "summary=None, content=Text(value='<p>b</p>', kind=<TextKind.HTML: 'html'>), "
        "categories=(), image=None, enclosures=(), links=(), in_reply_to=(), upstream=None, "
        "episode=None, rights=None, language=None)"
    )
