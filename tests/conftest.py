"""What every test shares: an honest clock's noon, and the way to the measuring corpora."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of captured feeds and schemas; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("BROADSHEET_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no corpora at {folder}; set BROADSHEET_DATA to measure against them")
    return folder
