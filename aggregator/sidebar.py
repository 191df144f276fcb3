"""Beside articles: what is latest and picked, and whose pages show it.

Only the newest articles' pages do: they are what is read, and a new article must not have every
page of the paper printed again (decision 26).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregator import editors, layout, rankings
from aggregator.gathering import Pieces
from aggregator.model import ArticleId, Settings
from aggregator.rankings import Ranking
from aggregator.store import layout as laid
from publisher.model import Block

FRESH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidebar:
    """What stands beside the pages of the newest articles, `on`, and what is picked now."""

    blocks: tuple[Block, ...]
    on: Sequence[ArticleId]
    picks: Mapping[ArticleId, str]
    picked: Ranking

    @classmethod
    def open(
        cls, connection: Connection, pieces: Pieces, settings: Settings, *, now: datetime
    ) -> "Sidebar":
        """Return what is to be shown now."""
        picks = editors.picks(connection, settings, now=now)
        picked = rankings.picked(picks, pieces.listed(picks))
        fresh = pieces.latest(None, limit=FRESH)
        return cls(
            blocks=layout.beside(fresh, [picked], settings=settings),
            on=[piece.article.id for piece in fresh],
            picks=picks,
            picked=picked,
        )

    def beside(self, article_id: ArticleId) -> tuple[Block, ...]:
        """Return what stands beside an article."""
        return self.blocks if article_id in self.on else ()

    def has_turned(self, connection: Connection) -> bool:
        """Say whether other articles are picked than when it was last printed."""
        return (laid.noted(connection, "picks") or "[]") != self._picks()

    def stale(self, connection: Connection) -> set[ArticleId]:
        """Return the articles whose pages show it otherwise, or came to show it, or no longer."""
        shown, *were = json.loads(laid.noted(connection, "sidebar") or '[""]')
        now, past = set(self.on), set(map(ArticleId, were))
        return now ^ past if shown == self._fingerprint() else now | past

    def note(self, connection: Connection) -> None:
        """Note that it is printed."""
        laid.note(connection, "picks", self._picks())
        laid.note(connection, "sidebar", json.dumps([self._fingerprint(), *self.on]))

    def _picks(self) -> str:
        return json.dumps(list(self.picks.items()))

    def _fingerprint(self) -> str:
        return hashlib.sha256(repr(self.blocks).encode("utf-8", "replace")).hexdigest()
