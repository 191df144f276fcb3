"""The tree of sections, which all pages show."""

from dataclasses import replace

from aggregator.model import Section, Settings, Site, Slug
from aggregator.navigation import link, masthead, trail

WORLD = Section(slug=Slug("world"), title="World", path="world")
COAST = Section(slug=Slug("coast"), title="Coast", path="world/coast", parent=Slug("world"))
SETTINGS = Settings(
    site=Site(title="The Tide", base_url="https://tide.example/"), sections=(COAST, WORLD)
)


def test_the_head_of_all_pages_is_one_until_the_settings_change() -> None:
    assert masthead(SETTINGS) is masthead(SETTINGS)
    renamed = replace(SETTINGS, sections=(COAST, replace(WORLD, title="Everywhere")))
    for settings, title in ((SETTINGS, "World"), (renamed, "Everywhere"), (SETTINGS, "World")):
        assert [one.title for one in masthead(settings).sections] == [title]


def test_a_section_is_led_to_from_all_around_it_in_whatever_order_they_stand() -> None:
    [world] = masthead(SETTINGS).sections
    assert [one.href for one in world.sections] == ["https://tide.example/world/coast/"]
    assert trail(COAST.slug, SETTINGS)[1:] == (world, *world.sections)


def test_a_list_of_a_section_s_name_is_none_of_it() -> None:
    other = Section(slug=WORLD.slug, title="Most Cited", path="most-cited")
    assert link(other, SETTINGS).href == "https://tide.example/most-cited/"
    assert link(other, SETTINGS).sections == ()
