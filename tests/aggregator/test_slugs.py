"""Two small spellings: intervals, and names in addresses."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.durations import parse_interval, show_interval
from aggregator.slugs import LONGEST, slug


@given(seconds=st.integers(0, 10**9))
def test_an_interval_is_spelt_as_it_is_read(seconds: int) -> None:
    interval = timedelta(seconds=seconds)
    assert parse_interval(show_interval(interval)) == interval


@pytest.mark.parametrize(
    "text", ["", "m", "1", "1h 30m", "30m1h", "-1h", "1.5h", "1H", "\uff11h", "1h\n"]
)
def test_what_is_not_an_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an interval"):
        parse_interval(text)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Security & Defence", "security-defence"),
        ("Île-de-France", "ile-de-france"),
        ("O'Brien's Straße", "obriens-strasse"),
        ("Łódź", "lodz"),
        ("Ελλάδα", "ellada"),
        ("Новый край", "novyy-kray"),
        ("ﬁnance №5", "finance-no5"),
        ("ცივილ", ""),
        ("x" * 200, "x" * LONGEST),
    ],
)
def test_a_slug_spells_what_can_be_spelt(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(title=st.text())
def test_a_slug_can_always_stand_in_an_address(title: str) -> None:
    name = slug(title)
    assert slug(name) == name
    assert len(name) <= LONGEST
    assert not name.strip("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert "--" not in name
