"""YAML that remembers its lines: the one door to PyYAML, for every file an operator writes.

Scalars follow the core schema of YAML 1.2.2 (10.3): `no` is text, `012` is twelve and `12:30`
is text. Values are built from the parser's events, so depth and size are known before anything
grows; PyYAML's own composer lets deep nesting overflow the C stack.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from feeds.errors import Problem, SettingsError

Place = tuple[str | int, ...]

LARGEST = 16 * 2**20  # bytes; ten thousand sources take two million
DEEPEST = 32
MOST_VALUES = 500_000  # anchors expanded
LONGEST_NUMBER = 40  # digits; int() refuses thousands, and nobody writes them on purpose

# NEL, LS and PS end a line for YAML 1.1 and for no editor, so they would shift every line number
_UNREADABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NULL = re.compile(r"(?:~|null|Null|NULL|)")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_QUOTE_BRACKETS = "within brackets, quote text that holds { } [ ] or a comma"
# libyaml's words → ours, our cure, and whether the mistake is where libyaml began or stopped
_PLAINLY = {
    "could not find expected ':'": ("a key without a colon", "write `key: value`", True),
    "mapping values are not allowed in this context": (
        "a second colon, or a line indented too far",
        "put text that holds a colon in quotes",
        False,
    ),
    "block sequence entries are not allowed in this context": (
        "a list item where none can be",
        "begin the list on a line of its own",
        False,
    ),
    "found unexpected end of stream": ("a quotation mark that is never closed", "", True),
    "found unexpected document indicator": ("a quotation mark that is never closed", "", True),
    "found unknown escape character": (
        "a backslash that means nothing here",
        "in double quotes write \\\\ for a backslash",
        False,
    ),
    "did not find expected ',' or ']'": (
        "a [ that is not closed, or a comma missing",
        _QUOTE_BRACKETS,
        True,
    ),
    "did not find expected ',' or '}'": (
        "a { that is not closed, or a comma missing",
        _QUOTE_BRACKETS,
        True,
    ),
    "did not find expected node content": ("a value is missing here", "", False),
    "did not find expected <document start>": (
        "this line does not line up with the first one",
        "begin every top-level key in the first column",
        False,
    ),
    "did not find expected key": (
        "this line does not line up with the keys above it",
        "give the keys of one block the same indentation",
        False,
    ),
    "did not find expected '-' indicator": (
        "this line does not line up with the list above it",
        "begin every item of a list with - at the same indentation",
        False,
    ),
    "found undefined tag handle": ("a tag", "put text that begins with ! in quotes", False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as read: `value` is made of dict, list, str, int, float, bool and None.

    `lines` has the line, from 1, of every member of a map (its key's) and of a list. `problems`
    are those that did not keep us from reading on: keys twice in a map, and tags.
    """

    value: object
    lines: Mapping[Place, int]
    problems: tuple[Problem, ...] = ()


def read_file(path: Path) -> str:
    """Return a file's text; raise SettingsError where there is none, too much, or not UTF-8."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError as error:
        hint = f"there is no {path}; `broadsheet init` writes one to start from"
        raise _unusable(path.name, None, "is missing", hint) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _unusable(path.name, None, f"cannot be read: {reason}") from error
    if len(content) > LARGEST:
        raise _unusable(path.name, None, f"is larger than {LARGEST // 2**20} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_lines(error.object[: error.start].decode(errors="replace")))
        problem = f"byte {error.start + 1} of the file is not UTF-8"
        raise _unusable(path.name, line, problem, "save the file as UTF-8") from error


def read(text: str, *, file: str) -> Document:
    """Return what `text` says and where; raise SettingsError where it is not YAML.

    `file` is the name that problems carry.
    """
    text = text.removeprefix("\ufeff")
    if unreadable := _UNREADABLE.search(text):
        line = len(_lines(text[: unreadable.start()]))
        problem = f"holds the invisible character U+{ord(unreadable[0]):04X}"
        raise _unusable(file, line, problem, "delete it")
    try:
        return _Reading(file, yaml.parse(text, Loader=yaml.CSafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, file) from error
    except yaml.YAMLError as error:
        raise _unusable(file, None, f"is not YAML: {error}") from error


def _lines(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)


def _unusable(file: str, line: int | None, problem: str, hint: str = "") -> SettingsError:
    return SettingsError((Problem(file=file, line=line, problem=problem, hint=hint),))


def _syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> SettingsError:
    words = error.problem or "cannot be read"
    problem, hint, at_start = _PLAINLY.get(words, (words, "", False))
    mark = (at_start and error.context_mark) or error.problem_mark or error.context_mark
    lines = _lines(text)
    number = min(mark.line if mark else 0, len(lines) - 1)
    line = lines[number]
    at = line[mark.column :] if mark else ""
    if at.startswith("\t") or "a tab" in words:
        problem, hint = "indented with a tab", "use spaces"
    elif words == "found character that cannot start any token":
        problem, hint = f"text cannot begin with {at[:1]}", "put it in quotes"
    shown = f': "{line.strip()[:60]}"' if line.strip() else ""
    return _unusable(file, number + 1, problem + shown, hint)


@dataclass(frozen=True, slots=True)
class _Scalar:
    line: int
    value: object


@dataclass(frozen=True, slots=True)
class _List:
    line: int
    members: list["_Node"]


@dataclass(frozen=True, slots=True)
class _Map:
    line: int
    members: dict[str, tuple[int, "_Node"]]


_Node = _Scalar | _List | _Map


class _Reading:
    """One document on its way from events to values."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._events = events
        self._anchors: dict[str, _Node] = {}
        self._nodes = 0
        self._values = 0
        self._lines: dict[Place, int] = {}
        self._problems: list[Problem] = []

    def document(self) -> Document:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return Document(value=None, lines={})
        root = self._node(next(self._events), depth=0)
        next(self._events)  # the document ends
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise self._stop(after, "a second document begins", "remove the line `---`")
        value = self._plain(root, ())
        return Document(value=value, lines=self._lines, problems=tuple(self._problems))

    def _stop(self, event: yaml.Event, problem: str, hint: str = "") -> SettingsError:
        return _unusable(self._file, _line(event), problem, hint)

    def _note(self, line: int, problem: str, hint: str) -> None:
        problem_here = Problem(file=self._file, line=line, problem=problem, hint=hint)
        self._problems.append(problem_here)

    def _node(self, event: yaml.Event, *, depth: int) -> _Node:
        self._nodes += 1
        if self._nodes > MOST_VALUES or depth > DEEPEST:
            raise self._stop(event, "the file is nested too deeply or has too many values")
        node: _Node
        match event:
            case yaml.AliasEvent(anchor=name):
                if name not in self._anchors:  # not before its anchor's own value has ended
                    raise self._stop(event, f"*{name} has no anchor &{name} above it")
                return self._anchors[name]
            case yaml.ScalarEvent(implicit=(is_plain, _), value=value):
                node = _Scalar(_line(event), _scalar(value) if is_plain else value)
            case yaml.SequenceStartEvent():
                members = [self._node(each, depth=depth + 1) for each in self._until_end()]
                node = _List(_line(event), members)
            case _:
                node = self._map(_line(event), depth=depth)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.tag is not None:
                cure = "remove it, or put the text in quotes"
                self._note(_line(event), f"the tag {event.tag} is not allowed", cure)
            if event.anchor is not None:
                self._anchors[event.anchor] = node
        return node

    def _until_end(self) -> Iterator[yaml.Event]:
        """Yield the events that begin the members of the collection just opened."""
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event

    def _map(self, line: int, *, depth: int) -> _Map:
        members: dict[str, tuple[int, _Node]] = {}
        for event in self._until_end():
            if not isinstance(event, yaml.ScalarEvent):
                raise self._stop(event, "a key must be plain text")
            if event.value == "<<" and event.implicit[0]:
                raise self._stop(event, "<< does not merge in YAML 1.2", "write the keys out")
            key, key_line = event.value, _line(event)
            member = self._node(next(self._events), depth=depth + 1)
            if key in members:
                problem = f'"{key[:60]}" is here twice'
                self._note(key_line, problem, f"first in line {members[key][0]}")
            else:
                members[key] = (key_line, member)
        return _Map(line, members)

    def _plain(self, node: _Node, place: Place) -> object:
        self._values += 1
        if self._values > MOST_VALUES or len(place) > DEEPEST:
            raise _unusable(self._file, node.line, "aliases repeat or nest too many values")
        self._lines.setdefault(place, node.line)
        match node:
            case _Scalar():
                return node.value
            case _List():
                return [self._plain(each, (*place, at)) for at, each in enumerate(node.members)]
            case _Map():
                for key, (line, _) in node.members.items():
                    self._lines[(*place, key)] = line
                return {
                    key: self._plain(member, (*place, key))
                    for key, (_, member) in node.members.items()
                }


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(text: str) -> object:
    """Return what a plain scalar means in the core schema."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if len(text) <= LONGEST_NUMBER and _INT.fullmatch(text):
        bases = {"0x": 16, "0o": 8}
        return int(text, bases.get(text[:2], 10))
    if len(text) <= LONGEST_NUMBER and _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
