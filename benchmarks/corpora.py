"""Where the corpora for measuring are."""

import os
import sys
from pathlib import Path


def corpora() -> Path:
    """Return the folder BROADSHEET_DATA names; end in words where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("BROADSHEET_DATA", default))
    if not folder.is_dir():
        sys.exit(f"nothing to measure: no corpora at {folder}; set BROADSHEET_DATA")
    return folder
