"""`feeds:` in sources.yaml, right and wrong: each mistake with its line, key and cure."""

import pytest

from aggregator.selection import Order, Selection
from aggregator.settings import parse
from feeds.errors import SettingsError

HEAD = """site: {title: T, base_url: https://n.example/}
sections: [{title: World, sections: [{title: Far East}]}, {title: Money}]
sources:
  - {name: First Post, feed: https://a.example/rss, tier: 1}
  - {name: Second, id: two, feed: https://b.example/rss}
feeds:
"""


def feeds(text: str) -> tuple[Selection, ...]:
    return parse(f"{HEAD}  - {text}\n").feeds


def told(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        feeds(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_feed_is_chosen_by_all_that_is_known_of_an_article() -> None:
    (mine,) = feeds(
        "{title: My Choice, sections: [far-east, money], sources: [first post, TWO], languages:"
        " [de, pt-BR], words: [ferry], tiers: [2, 1], limit: 20, order: newest, rights: link}"
    )
    assert mine == Selection(
        slug="my-choice",
        title="My Choice",
        sections=("far-east", "money"),
        sources=("first-post", "two"),
        languages=("de", "pt-BR"),
        words=("ferry",),
        tiers=(1, 2),
        limit=20,
        order=Order.NEWEST,
        rights="link",
    )
    assert mine.path == "feeds/my-choice"


def test_one_name_needs_no_list_and_what_is_not_said_is_left_open() -> None:
    (mine,) = feeds("{name: X, slug: other, section: World, language: de}")
    assert mine == Selection(slug="other", title="X", sections=("world",), languages=("de",))
    assert parse(HEAD.replace("feeds:", "feeds: []")).feeds == ()


BAD = {
    "{title: X, sections: [Wrld]}": (
        'sources.yaml:7: feeds[0].sections[0]: no section is called "Wrld" (did you '
        'mean "World"? the sections are World, Far East, Money)'
    ),
    "{title: X, sources: Frist Post}": (
        'sources.yaml:7: feeds[0].sources: no source is called "Frist Post" (did you '
        'mean "First Post"? the sources are First Post, Second)'
    ),
    "{title: X, tiers: [7, 8]}": (
        "sources.yaml:7: feeds[0].tiers: leaves nothing: no source is of tier 7 or 8 "
        "(there are those of tier 1, 3)"
    ),
    "{title: X, sources: two, tiers: 1}": (
        "sources.yaml:7: feeds[0].tiers: leaves nothing: none of these sources is of "
        "tier 1 (there are those of tier 3)"
    ),
    "{title: X}": (
        "sources.yaml:7: feeds[0]: is no other feed than that of the whole paper (give "
        "it sections:, sources:, languages:, words:, tiers:, limit:, order: or rights:)"
    ),
    "{title: '!!', limit: 5}": (
        "sources.yaml:7: feeds[0].title: no slug can be made from this title (write one with slug:)"
    ),
    "{title: Language, limit: 5}": (
        "sources.yaml:7: feeds[0].title: feeds/language/ is where the paper's own "
        "feeds are (choose another with slug:)"
    ),
    "{title: X, limit: 5}\n  - {title: x, limit: 6}": (
        'sources.yaml:8: feeds[1].title: the slug "x" is also that of line 7 (choose '
        "another with slug:)"
    ),
    "{title: X, limit: 501}": ("sources.yaml:7: feeds[0].limit: must be at most 500"),
    "{title: X, tiers: [0]}": ("sources.yaml:7: feeds[0].tiers[0]: must be at least 1"),
    "{title: X, order: oldest}": ("sources.yaml:7: feeds[0].order: must be fair or newest"),
    "{title: X, rights: all}": ("sources.yaml:7: feeds[0].rights: must be full, excerpt or link"),
    "{title: X, languages: [german!]}": (
        "sources.yaml:7: feeds[0].languages[0]: is not a language tag (BCP 47) (such "
        "as en, de or pt-BR)"
    ),
    "{title: X, wrods: [a]}": (
        'sources.yaml:7: feeds[0].wrods: unknown key (did you mean "words"?)'
    ),
    "{title: X, limit: 5, formerly: [y, Old One]}": (
        "sources.yaml:7: feeds[0].formerly[1]: cannot stand in an address (at most 64 of "
        "a-z and 0-9, with single hyphens between)"
    ),
    "{title: X, limit: 5}\n  - {title: Y, limit: 6, formerly: x}": (
        'sources.yaml:8: feeds[1].formerly: the slug "x" is in use, in line 7 (what is in '
        "use has not moved: remove it here)"
    ),
    "{title: X, formerly: y}": (
        "sources.yaml:7: feeds[0]: is no other feed than that of the whole paper (give "
        "it sections:, sources:, languages:, words:, tiers:, limit:, order: or rights:)"
    ),
    "{limit: 5}": ("sources.yaml:7: feeds[0].title: is missing (such as title: Energy in German)"),
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_is_told_with_its_line_key_and_cure(text: str) -> None:
    assert told(text) == [BAD[text]]


def test_a_feed_and_a_section_may_have_had_other_slugs() -> None:
    text = HEAD.replace("{title: Money}", "{title: Money, formerly: [cash, far-west]}")
    settings = parse(f"{text}  - {{title: X, limit: 5, formerly: cash}}\n")
    assert settings.sections[-1].formerly == ("cash", "far-west")
    assert settings.feeds[0].formerly == ("cash",), "a section's is another address"


FORMER = {
    "[{title: World, sections: [{title: Far East, formerly: world}]}]": (
        'sections[0].sections[0].formerly: the slug "world" is in use, in line 2 (what is in use '
        "has not moved: remove it here)"
    ),
    "[{title: World, formerly: [world]}]": (
        'sections[0].formerly[0]: the slug "world" is in use, in line 2 (what is in use has not '
        "moved: remove it here)"
    ),
    "[{title: World, formerly: [old]}, {title: Money, formerly: [cash, old]}]": (
        'sections[1].formerly[1]: "old" is also what that of line 2 was formerly (readers can be '
        "sent to one of them: choose)"
    ),
}


@pytest.mark.parametrize("sections", FORMER)
def test_who_asks_at_a_former_slug_can_be_sent_to_one_place(sections: str) -> None:
    lines = HEAD.splitlines()
    text = "\n".join([lines[0], f"sections: {sections}", *lines[2:-1]])
    with pytest.raises(SettingsError) as caught:
        parse(text)
    assert [str(one) for one in caught.value.problems] == [f"sources.yaml:2: {FORMER[sections]}"]


def test_a_mistake_elsewhere_makes_no_feed_wrong() -> None:
    broken = HEAD.replace("https://b.example/rss", "ftp://b.example/").replace(
        "{title: Money}", "{title: Money, slug: No!}"
    )
    with pytest.raises(SettingsError) as caught:
        parse(f"{broken}  - {{title: X, sections: [Money], sources: [two]}}\n")
    assert not [problem for problem in caught.value.problems if "feeds" in str(problem.key)]


def test_a_section_cannot_stand_where_the_feeds_are() -> None:
    text = HEAD.replace("{title: Money}", "{title: Feeds}") + "  - {title: X, limit: 5}\n"
    with pytest.raises(SettingsError, match='the slug "feeds" is one the paper needs itself'):
        parse(text)
