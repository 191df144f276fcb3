"""Three formats of one feed: what one says the others say, and each can be read back whole."""

import pytest
from hypothesis import given, settings

from feeds.errors import PublishError
from feeds.model import Feed
from publisher import gate
from publisher.admission import admit, sift
from publisher.formats import ALL, Format
from tests.publisher.feeds_published import BARE, FEEDS, FULL

NAMES = [one.kind.name for one in ALL]


@pytest.mark.parametrize("one", ALL, ids=NAMES)
@pytest.mark.parametrize("feed", [BARE, FULL], ids=["bare", "full"])
def test_all_that_a_feed_says_is_in_every_format(one: Format, feed: Feed) -> None:
    assert one.read(one.write(feed)) == feed


@pytest.mark.parametrize("one", ALL, ids=NAMES)
@settings(max_examples=200)
@given(feed=FEEDS)
def test_what_is_written_is_read_back_the_same(one: Format, feed: Feed) -> None:
    sound, _ = sift(feed)
    assert one.read(one.write(sound)) == sound


@settings(max_examples=200)
@given(feed=FEEDS)
def test_what_is_admitted_is_admitted_again_as_it_is(feed: Feed) -> None:
    sound, left_out = sift(feed)
    assert admit(sound) == sound
    assert len(sound.entries) + len(left_out) == len(feed.entries)


@pytest.mark.parametrize("feed", [BARE, FULL], ids=["bare", "full"])
def test_a_feed_that_says_all_that_can_be_said_is_admitted_as_it_is(feed: Feed) -> None:
    assert admit(feed) == feed


def test_an_entry_has_one_id_in_all_formats_and_each_is_subscribed_to_at_its_own_address() -> None:
    passed = gate.issue(FULL)
    files = passed.files
    read = {one.kind.name: one.read(files[one.kind.name]) for one in ALL}
    assert passed.set_aside == ()
    assert list(read) == ["atom.xml", "rss.xml", "feed.json"]
    for name, feed in read.items():
        assert feed.self_href == f"https://paper.example/{name}"
        assert feed.id == FULL.id
        assert feed.entries == FULL.entries


@pytest.mark.parametrize("one", ALL, ids=NAMES)
@pytest.mark.parametrize("feed", [BARE, FULL], ids=["bare", "full"])
def test_what_is_cut_short_is_not_taken_for_a_feed(one: Format, feed: Feed) -> None:
    document = one.write(feed)
    for end in range(0, len(document) - 2, 7):
        with pytest.raises(PublishError):
            one.read(document[:end])


@pytest.mark.parametrize("one", ALL, ids=NAMES)
def test_equal_feeds_have_equal_bytes(one: Format) -> None:
    assert one.write(FULL) == one.write(FULL)
