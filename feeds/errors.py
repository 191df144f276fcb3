"""What can go wrong. A class exists because its caller does something different."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class BroadsheetError(Exception):
    """Every error we raise on purpose; its text is meant for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in an operator's file: where it is, what it is, how to cure it."""

    file: str
    line: int | None = None
    key: str = ""
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {key}{self.problem}{hint}"


class SettingsError(BroadsheetError):
    """The configuration cannot be used; all its problems at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Trouble(StrEnum):
    """What is the matter with a source, in a word or two; its error says it in a sentence."""

    FAILING = "failing"
    ADDRESS = "bad address"
    BLOCKED = "blocked"
    DNS = "dns"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    PROXY = "proxy"
    TIMEOUT = "timeout"
    BROKEN = "broken answer"
    REDIRECTS = "redirects"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    GONE = "gone"
    THROTTLED = "throttled"
    SERVER = "server error"
    CHALLENGE = "challenge"
    LOGIN = "login"
    CONSENT = "consent wall"
    PARKED = "parked"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"
    NOT_A_FEED = "not a feed"


class SourceError(BroadsheetError):
    """One source failed; the others go on. `advertised` is a feed that it leads to instead."""

    trouble = Trouble.FAILING
    advertised: str | None = None

    def __init__(self, problem: str, *, trouble: Trouble | None = None) -> None:
        if trouble is not None:
            self.trouble = trouble
        super().__init__(problem)


class FetchError(SourceError):
    """The source did not give us a document. `status` is its HTTP status, if it gave one."""

    def __init__(
        self, problem: str, *, status: int | None = None, trouble: Trouble | None = None
    ) -> None:
        self.status = status
        super().__init__(problem, trouble=trouble)


class AbsentError(FetchError):
    """Nobody is there to be asked, for whatever: not a byte came from the first host of a fetch."""


class GoneError(FetchError):
    """410: the publisher ended this feed; ask once more a day later, and then never again."""

    trouble = Trouble.GONE


class ThrottledError(FetchError):
    """429 or 503: ask again after `retry_after`, if the publisher said when."""

    trouble = Trouble.THROTTLED

    def __init__(
        self, problem: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        self.retry_after = retry_after
        super().__init__(problem, status=status)


class TooLargeError(FetchError):
    """The document is beyond our limits."""

    trouble = Trouble.TOO_LARGE


class BlockedError(FetchError):
    """The address is one we refuse to connect to."""

    trouble = Trouble.BLOCKED


class ParseError(SourceError):
    """The document could not be read."""

    trouble = Trouble.UNREADABLE


class NotAFeedError(ParseError):
    """The document is something else, such as a web page."""

    trouble = Trouble.NOT_A_FEED

    def __init__(
        self, problem: str, *, trouble: Trouble | None = None, advertised: str | None = None
    ) -> None:
        if advertised is not None:
            self.advertised = advertised
        super().__init__(problem, trouble=trouble)


class EntryError(BroadsheetError):
    """One entry cannot be used; skip it and count it."""


class StoreError(BroadsheetError):
    """What we remember cannot be read or written."""


class StoreAwayError(StoreError):
    """The database cannot work just now: full, locked, not there. No article is at fault; wait."""


class StateHeldError(StoreError):
    """Another Broadsheet works on the same state."""


class PublishError(BroadsheetError):
    """The paper could not be written; the old one stays."""


class ThemeError(PublishError):
    """A template of the operator's own cannot be printed: which one, where, and why."""

    def __init__(self, template: str, *, line: int | None, problem: str) -> None:
        self.template = template
        self.line = line
        self.problem = problem
        where = template if line is None else f"{template}:{line}"
        super().__init__(f"theme/{where}: {problem}")
