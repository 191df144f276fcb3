"""A build that is killed loses nothing, doubles nothing and tears nothing."""

import random
from pathlib import Path

import pytest

from benchmarks.kill import Drill, differences, faults, kill, prepare

KILLS = 6


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    return prepare(tmp_path_factory.mktemp("drill"), sources=4)


def test_the_drill_has_news_to_lose(drill: Drill) -> None:
    before, after = drill.morning.files(), drill.evening.files()
    # Of a month that is open the last archive gives way to another (decision 39).
    assert {path for path in before if "archive/" not in path} < after.keys()
    assert any(before[path] != after[path] for path in before if path.startswith("articles/"))
    assert drill.evening.memory()["relations"]
    assert len(list(differences(drill.morning, drill))) > 100, "else no difference would be found"


def test_killed_over_and_over_a_paper_is_whole_in_the_end(drill: Drill, tmp_path: Path) -> None:
    chance = random.Random(7)
    desk = drill.morning.copy(tmp_path / "killed")
    killed = 0
    for after in sorted(chance.uniform(0.3, 1.0) for _ in range(KILLS)):
        killed += kill(desk, drill.lasts * after)
        assert list(faults(desk, drill)) == []
    assert killed, "every build ended before its kill"
    desk.build()
    assert list(differences(desk, drill)) == []
