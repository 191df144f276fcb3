"""A list of feeds (OPML) as the text of a sources.yaml. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

from aggregator.model import Slug, Source
from aggregator.opml_sections import Filing
from aggregator.opml_settings import HTTP, decoded
from aggregator.opml_trial import Trial, clean, unused
from aggregator.settings_kinds import normal_address
from aggregator.slugs import slug
from aggregator.yamltext import Value, comment, yaml_value
from feeds.errors import BroadsheetError
from feeds.opml import Listing, Subscription
from feeds.urls import resolve

_SETTINGS = frozenset(each.name for each in fields(Source)) - {
    "name", "feed", "sections", "blind", "variables",
}  # fmt: skip
_MOST_NOTES = 50  # in the text; all of them are in the result


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A sources.yaml made of a list of feeds, and in words what could not be taken over."""

    text: str
    sources: int
    notes: tuple[str, ...] = ()


def imported(listing: Listing, *, title: str, base_url: str, with_http: bool = False) -> Imported:
    """Return a sources.yaml of the feeds in a list; its folders become sections.

    It is valid whatever the list says: names and slugs are made unique, what we cannot use is
    left out and noted. `http` is taken only from a list the operator trusts: a `${NAME}` in a
    stranger's would send the operator's secrets to the stranger. Raises SettingsError for a
    `base_url` that is none, and BroadsheetError where not one feed can be used.
    """
    trial = Trial(base_url)
    filing = Filing(listing, trial)
    reading = _Reading(filing, trial, with_http=with_http)
    for subscription in listing.subscriptions:
        reading.take(subscription)
    notes = (*listing.notes, *trial.notes)
    sources = list(reading.blocks())
    if not sources:
        raise BroadsheetError("\n".join(("none of the list's feeds can be used", *notes)))
    lines = [
        "# yaml-language-server: $schema=sources.schema.json",
        *(comment(f"Not taken over: {note}") for note in notes[:_MOST_NOTES]),
        "",
        "site:",
        f"  title: {yaml_value(clean(title) or 'The Broadsheet')}",
        f"  base_url: {yaml_value(base_url)}",
        "",
        *filing.yaml(),
        "sources:",
        *sources,
        "",
    ]
    return Imported(text="\n".join(lines), sources=len(sources), notes=notes)


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A source on its way; its sections come together from all its places in the list."""

    feed: str
    name: str
    home: str
    keys: dict[str, Value]
    sections: dict[Slug, None] = field(default_factory=dict)


class _Reading:
    """The sources of one list, by the address of their feed."""

    def __init__(self, filing: Filing, trial: Trial, *, with_http: bool) -> None:
        self._filing = filing
        self._trial = trial
        self._is_ours = with_http
        self._wanted = _SETTINGS if with_http else _SETTINGS - {HTTP}
        self._drafts: dict[str, _Draft] = {}
        self._by_feed: dict[str, _Draft | None] = {}

    def take(self, subscription: Subscription) -> None:
        """Take one place of a feed in the list."""
        if subscription.feed not in self._by_feed:
            draft = self._draft(subscription)
            if draft is not None:
                draft = self._drafts.setdefault(normal_address(draft.feed), draft)
            self._by_feed[subscription.feed] = draft
        draft = self._by_feed[subscription.feed]
        if draft is None:
            return
        said = self._filing.slugs(decoded(subscription.settings.get("sections", "")))
        place = self._filing.place(subscription.folders)
        draft.sections |= dict.fromkeys(said or ([place] if place else []))

    def blocks(self) -> Iterator[str]:
        """Yield each source as an item of the list `sources`."""
        names = self._ids()
        for address, draft in self._drafts.items():
            keys: dict[str, Value] = {"name": draft.name, "feed": draft.feed}
            if names[address] != slug(draft.name):
                keys["id"] = names[address]
            if draft.sections:
                keys["sections"] = [self._filing.name(each) for each in draft.sections]
            lines = [f"{key}: {yaml_value(value)}" for key, value in (keys | draft.keys).items()]
            if draft.home:
                lines[1] += f"  {comment(draft.home)}"
            yield "\n    ".join([f"  - {lines[0]}", *lines[1:]])

    def _draft(self, subscription: Subscription) -> _Draft | None:
        name = clean(subscription.title) or clean(_host(subscription.feed)) or "Source"
        feed = self._address(subscription.feed, name=name)
        if feed is None:
            return None
        said = {
            key: decoded(value)
            for key, value in subscription.settings.items()
            if key in self._wanted - {"categories"}
        }
        if subscription.language:
            said["language"] = subscription.language
        keys = self._trial.usable("sources", {"name": name, "feed": feed}, said)
        categories = decoded(subscription.settings.get("categories", ""))
        if known := self._filing.categories(categories):
            keys["categories"] = known
        home = resolve(subscription.home, base_url="") or ""
        return _Draft(feed=feed, name=name, home=home, keys=keys)

    def _address(self, written: str, *, name: str) -> str | None:
        """Return the feed's address as written, or as it was meant; None, noted, if unusable."""
        if written.lower().startswith("file:"):
            self._trial.notes.append(f"{name}: only you may name files of this machine")
            return None
        if "${" in written and not self._is_ours:
            self._trial.notes.append(
                f"{name}: its address names a variable; take it along with --with-http"
            )
            return None
        problem = ""
        for address in dict.fromkeys((written, resolve(written, base_url="") or "")):
            wrong = self._trial.problems("sources", {"name": name, "feed": address})
            if not wrong:
                return address
            problem = problem or next(iter(wrong.values()))
        self._trial.notes.append(f"{name}: its address {problem}")
        return None

    def _ids(self) -> dict[str, str]:
        """Return an id for every source, first for those that had one."""
        taken: set[str] = set()
        names: dict[str, str] = {}
        wanted = {address: draft.keys.pop("id", "") for address, draft in self._drafts.items()}
        for address in sorted(wanted, key=lambda each: not wanted[each]):
            draft = self._drafts[address]
            name = wanted[address] or slug(draft.name) or slug(_host(draft.feed)) or "source"
            names[address] = unused(str(name), taken)
            taken.add(names[address])
        return names


def _host(feed: str) -> str:
    try:
        return urlsplit(feed).hostname or ""
    except ValueError:
        return ""
