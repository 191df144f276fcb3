"""The files that come with an article, as its page lists them."""

import pytest

from aggregator.attachments import attachments
from feeds.model import Episode, Link
from publisher.model import Attachment
from tests.aggregator.pieces import an_article


def a_file(name: str, kind: str | None, **said: int | str) -> Link:
    return Link(href=f"https://a.example/{name}", rel="enclosure", type=kind, **said)  # type: ignore[arg-type]


def test_a_podcast_says_which_episode_it_is_how_long_and_how_large() -> None:
    transcript = Link(href="https://a.example/t.vtt", rel="transcript", hreflang="de")
    article = an_article(
        enclosures=(a_file("a.mp3", "audio/mpeg", length=25_400_000),),
        episode=Episode(
            duration=3723, number=12, season=2, explicit=True, transcripts=(transcript, transcript)
        ),
    )
    assert attachments(article) == (
        Attachment(
            href="https://a.example/a.mp3",
            title="Audio",
            extent="season 2, episode 12, 1:02:03, 25 MB, explicit",
        ),
        Attachment(href="https://a.example/t.vtt", title="Transcript", extent="de"),
    )


@pytest.mark.parametrize(
    ("link", "title", "extent"),
    [
        (a_file("a.mp4", "video/mp4", duration=61), "Video", "1:01"),
        (a_file("a.pdf", "application/pdf", length=1_500), "PDF", "1.5 kB"),
        (a_file("a.pdf", "application/pdf", length=999, title="The report"), "The report", ""),
        (a_file("a", None), "File", ""),
        (a_file("a.jpg", "image/jpeg", length=2_000_000_000), "Picture", "2.0 GB"),
    ],
)
def test_a_file_is_named_by_what_it_is(link: Link, title: str, extent: str) -> None:
    (found,) = attachments(an_article(enclosures=(link,)))
    assert (found.title, found.extent) == (title, extent)


def test_what_is_said_of_an_episode_is_said_of_its_first_file_alone() -> None:
    files = (a_file("a.mp3", "audio/mpeg"), a_file("b.jpg", "image/jpeg"))
    found = attachments(an_article(enclosures=files, episode=Episode(duration=60, explicit=False)))
    assert [one.extent for one in found] == ["1:00", ""]
