"""Operators edit the configuration while the paper runs: what is good is taken, at once."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from aggregator.model import Settings, Site
from aggregator.settings import FILE, load
from aggregator.watch import ConfigWatch
from feeds.errors import Problem, SettingsError


class Loader:
    """Reads a sources.yaml of our own invention: its text is the title, "broken" is a mistake."""

    def __init__(self) -> None:
        self.loads = 0

    def __call__(self, directory: Path) -> Settings:
        self.loads += 1
        file = directory / "sources.yaml"
        try:
            text = file.read_text()
        except OSError as error:
            problem = Problem(file="sources.yaml", problem="cannot be read")
            raise SettingsError((problem,)) from error
        if "broken" in text:
            raise SettingsError((Problem(file="sources.yaml", line=3, problem=text),))
        return Settings(site=Site(title=text, base_url="https://news.example.org/"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text("first")
    return path


def replace(file: Path, text: str) -> None:
    """Save as careful editors do: beside it, then over it."""
    beside = file.with_suffix(".tmp")
    beside.write_text(text)
    beside.replace(file)


def test_the_first_look_loads_the_settings(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    assert watch.current().site.title == "first"
    assert watch.problems == ()


def test_settings_that_were_never_good_are_an_error_at_every_look(file: Path) -> None:
    file.write_text("broken")
    load = Loader()
    watch = ConfigWatch(file.parent, load)
    for _ in range(3):
        with pytest.raises(SettingsError, match=r"sources\.yaml:3: broken"):
            watch.current()
    assert load.loads == 1


def test_a_missing_file_at_the_start_is_the_loaders_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        ConfigWatch(tmp_path, Loader()).current()


def test_an_unchanged_file_is_not_loaded_again(file: Path) -> None:
    load = Loader()
    watch = ConfigWatch(file.parent, load)
    looks = [watch.current() for _ in range(5)]
    assert load.loads == 1
    assert all(settings is looks[0] for settings in looks)


def test_a_touched_file_with_the_same_content_is_not_loaded_again(file: Path) -> None:
    load = Loader()
    watch = ConfigWatch(file.parent, load)
    watch.current()
    replace(file, "first")
    os.utime(file, (0, 0))
    watch.current()
    assert load.loads == 1


def test_an_edit_is_taken_at_the_next_look(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    watch.current()
    with capture_logs() as logs:
        file.write_text("second")
        assert watch.current().site.title == "second"
        replace(file, "third")
        assert watch.current().site.title == "third"
    assert [line["event"] for line in logs] == ["new settings taken"] * 2


def test_an_edit_of_the_same_size_and_time_is_taken_too(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    watch.current()
    status = file.stat()
    file.write_text("fresh")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.stat().st_size == status.st_size
    assert file.stat().st_mtime_ns == status.st_mtime_ns
    assert watch.current().site.title == "fresh"


def test_a_broken_edit_keeps_the_last_good_settings_and_is_told_once(file: Path) -> None:
    load = Loader()
    watch = ConfigWatch(file.parent, load)
    good = watch.current()
    with capture_logs() as logs:
        file.write_text("broken")
        for _ in range(3):
            assert watch.current() is good
        file.write_text("broken still")
        assert watch.current() is good
    assert [problem.problem for problem in watch.problems] == ["broken still"]
    assert [line["problems"] for line in logs] == [
        ["sources.yaml:3: broken"],
        ["sources.yaml:3: broken still"],
    ]
    assert load.loads == 3


def test_a_repaired_file_is_taken_at_once_and_its_problems_are_gone(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    watch.current()
    file.write_text("broken")
    watch.current()
    file.write_text("mended")
    assert watch.current().site.title == "mended"
    assert watch.problems == ()


def test_a_file_put_back_as_it_was_has_no_problems_left(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    watch.current()
    file.write_text("broken")
    watch.current()
    file.write_text("first")
    assert watch.current().site.title == "first"
    assert watch.problems == ()


def test_a_file_that_is_away_for_a_moment_keeps_the_last_good_settings(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    good = watch.current()
    file.rename(file.with_suffix(".bak"))
    assert watch.current() is good
    assert [problem.problem for problem in watch.problems] == ["cannot be read"]
    file.with_suffix(".bak").rename(file)
    assert watch.current().site.title == "first"
    assert watch.problems == ()


def test_a_directory_in_its_place_keeps_the_last_good_settings(file: Path) -> None:
    watch = ConfigWatch(file.parent, Loader())
    good = watch.current()
    file.unlink()
    file.mkdir()
    assert watch.current() is good
    assert len(watch.problems) == 1


def test_a_symlink_swapped_to_another_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("one")
    (tmp_path / "two").write_text("two")
    file = tmp_path / "sources.yaml"
    file.symlink_to("one")
    watch = ConfigWatch(tmp_path, Loader())
    assert watch.current().site.title == "one"
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(file)
    assert watch.current().site.title == "two"


def test_a_file_written_while_it_is_read_is_left_for_the_next_look(file: Path) -> None:
    load = Loader()

    def slow(directory: Path) -> Settings:
        loaded = load(directory)
        if loaded.site.title == "half":
            file.write_text("half and half")
        return loaded

    watch = ConfigWatch(file.parent, slow)
    good = watch.current()
    file.write_text("half")
    assert watch.current() is good
    assert watch.current().site.title == "half and half"


@settings(max_examples=40)
@given(texts=st.lists(st.sampled_from(["good", "better", "broken", "broken too", None])))
def test_whatever_happens_to_the_file_the_last_good_settings_are_in_use(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str | None]
) -> None:
    file = tmp_path_factory.mktemp("config") / "sources.yaml"
    file.write_text("first")
    watch = ConfigWatch(file.parent, Loader())
    expected = watch.current().site.title
    for text in texts:
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(text)
        is_good = text is not None and "broken" not in text
        expected = text if is_good and text is not None else expected
        assert watch.current().site.title == expected
        assert (watch.problems == ()) == is_good


def test_the_database_is_changed_by_a_start_alone(tmp_path: Path) -> None:
    def write(title: str, database: str) -> None:
        (tmp_path / FILE).write_text(
            f"site: {{title: {title}, base_url: 'https://p.example/', database: '{database}'}}\n"
            "sources: [{name: A, feed: 'https://a.example/'}]\n"
        )

    write("One", "sqlite:////srv/one.db")
    watch = ConfigWatch(tmp_path, load)
    assert watch.current().site.database == "sqlite:////srv/one.db"
    write("Two", "sqlite:////srv/two.db")
    with capture_logs() as logged:
        site = watch.current().site
        assert watch.current().site == site
    assert (site.title, site.database) == ("Two", "sqlite:////srv/one.db")
    assert sum("at the next start" in one["event"] for one in logged) == 1
    assert "two.db" not in repr(logged)
    assert ConfigWatch(tmp_path, load).current().site.database == "sqlite:////srv/two.db"
