"""The folders of a list of feeds, as sections of the paper. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aggregator.model import Section, Slug
from aggregator.opml_settings import decoded
from aggregator.opml_trial import Trial, clean, unused
from aggregator.settings_check import RESERVED, Known
from aggregator.slugs import slug
from aggregator.yamltext import Value, yaml_value
from feeds.opml import Listing

_Path = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Node:
    title: str
    keys: dict[str, Value]
    wanted: str
    slug: Slug = field(init=False)
    inner: list["_Node"] = field(default_factory=list)
    around: "_Node | None" = None
    is_kept: bool = False


class Filing:
    """Where the feeds of one list belong.

    Folders of one name in one place are one section, but for those another Broadsheet told
    apart. One that holds no feed, and is no section of another Broadsheet, is left out.
    """

    def __init__(self, listing: Listing, trial: Trial) -> None:
        self._trial = trial
        self._top: list[_Node] = []
        self._nodes: list[_Node] = []
        self._by_path: dict[_Path, _Node] = {}
        for folder in listing.folders:
            said = {key: decoded(value) for key, value in folder.settings.items()}
            self._open(folder.path, said)
        for subscription in listing.subscriptions:
            self._fill(subscription.folders)
        self._name_nodes()
        self._known = Known(sections=tuple(self._sections(self._top)))

    def place(self, path: _Path) -> Slug | None:
        """Return the section a feed in this folder belongs to."""
        node = self._by_path.get(_key(path))
        return node.slug if node else None

    def slugs(self, written: object) -> list[Slug]:
        """Return those of the slugs in a list's own words that are sections here."""
        named = written if isinstance(written, list) else []
        known = {section.slug for section in self._known.sections}
        return list(
            dict.fromkeys(Slug(each) for each in named if isinstance(each, str) and each in known)
        )

    def categories(self, written: object) -> dict[str, Value]:
        """Return the categories that lead to sections here, by the words for these."""
        said = written if isinstance(written, Mapping) else {}
        pairs = ((clean(str(key)), self.slugs([value])) for key, value in said.items())
        return {key: self.name(slugs[0]) for key, slugs in pairs if key and slugs}

    def name(self, slug: Slug) -> str:
        """Return the words by which a source names a section: its title, if that is enough."""
        title = next(each.title for each in self._known.sections if each.slug == slug)
        return title if self._known.slugs(title) == (slug,) else slug

    def yaml(self) -> list[str]:
        """Return the lines of `sections`."""
        lines = list(_lines(self._top, indent="  "))
        return ["sections:", *lines, ""] if lines else []

    def _open(self, path: _Path, said: dict[str, Value]) -> _Node:
        around = self._by_path.get(_key(path[:-1]))
        known = self._by_path.get(_key(path))
        if known and not said and not known.wanted:
            return known
        wanted = said.pop("slug", "")
        title = clean(path[-1]) or "Section"
        node = _Node(
            title=title,
            keys=self._trial.usable("sections", {"title": title}, said),
            wanted=str(wanted),
            around=around,
        )
        (around.inner if around else self._top).append(node)
        self._nodes.append(node)
        self._by_path[_key(path)] = node
        if said or wanted:
            _keep(node)
        return node

    def _fill(self, path: _Path) -> None:
        for length in range(1, len(path) + 1):
            if _key(path[:length]) not in self._by_path:
                self._open(path[:length], {})
        if path:
            _keep(self._by_path[_key(path)])

    def _name_nodes(self) -> None:
        """Give every section a slug of its own, first those that had one."""
        taken = set(RESERVED)
        kept = [node for node in self._nodes if node.is_kept]
        for node in sorted(kept, key=lambda node: not node.wanted):
            wanted = slug(node.wanted) or slug(node.title) or "section"
            node.slug = Slug(unused(wanted, taken))
            taken.add(node.slug)

    def _sections(self, nodes: Iterable[_Node]) -> Iterator[Section]:
        for node in nodes:
            if node.is_kept:
                yield Section(slug=node.slug, title=node.title, path=node.slug)
                yield from self._sections(node.inner)


def _keep(node: _Node | None) -> None:
    while node:
        node.is_kept = True
        node = node.around


def _key(path: _Path) -> _Path:
    return tuple(map(str.casefold, path))


def _lines(nodes: Iterable[_Node], *, indent: str) -> Iterator[str]:
    for node in nodes:
        if not node.is_kept:
            continue
        yield f"{indent}- title: {yaml_value(node.title)}"
        if node.slug != slug(node.title):
            yield f"{indent}  slug: {node.slug}"
        for key, value in node.keys.items():
            yield f"{indent}  {key}: {yaml_value(value)}"
        inner = list(_lines(node.inner, indent=f"{indent}    "))
        if inner:
            yield f"{indent}  sections:"
            yield from inner
