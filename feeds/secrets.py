"""What is told to nobody: passwords, keys in addresses, whatever an operator keeps apart. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_SHORTEST = 4  # characters; less is not worth hiding, and would hide half of every sentence
# In what a source says, only what no word of an article is: long, or of letters and digits.
_NO_WORD = re.compile(r".{16,}|(?=.*[0-9])(?=.*[^\W\d_]).{8,}", re.DOTALL)
_SECRET_NAME = re.compile(
    r"(?:.*[-_.\[])?(?:key|token|secret|pass(?:word|wd|wort|phrase)?|pwd|auth|authorization|bearer"
    r"|credentials?|sig|signature|session|sid|jwt|ticket|cookie)\]?"
    r"|(?:api|access|auth|client|feed|licen[cs]e|private|rss|secret|signing|user)[-_.]?"
    r"(?:key|token|secret|hash|code|pass)"
    r"|\w*(?:token|secret|password|passwd|sess(?:ion)?[-_]?id)",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"([?&;#])([^=&;#?\s\"'<>]{1,80})=([^&;#\s\"'<>]+)")
_USERINFO = re.compile(r"(?<=//)[^/?#@\s\"'<>]*(?=@)")
_HEADER = re.compile(
    r"\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:,]\s*)[^\r\n]+", re.IGNORECASE
)


def is_secret_name(name: str) -> bool:
    """Say whether what goes by this name, of a parameter or a header, is a secret."""
    return _SECRET_NAME.fullmatch(name) is not None


def holds_secret(address: str) -> bool:
    """Say whether an address holds a password, or a parameter that looks like a key."""
    return shown(address) != address


def shown(text: str) -> str:
    """Return text as anybody may see it: its addresses without passwords and keys.

    An address stays one: only the value of a key is hidden.
    """
    text = _USERINFO.sub(HIDDEN, text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    return _PARAMETER.sub(_hidden, text)


def keys_in(address: str) -> tuple[str, ...]:
    """Return the values of an address's parameters that look like keys."""
    pairs = ((name, value) for _, name, value in _PARAMETER.findall(address))
    return tuple(value for name, value in pairs if is_secret_name(name))


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return text without any of the secrets, however an address spells them, and as `shown`."""
    for spelling in _spellings(each for each in secrets if len(each) >= _SHORTEST):
        text = text.replace(spelling, HIDDEN)
    return shown(text)


def blank(body: bytes, secrets: Iterable[str]) -> bytes:
    """Return a document without the secrets in it: a private feed repeats its key in its links.

    Only secrets that no text has by chance are looked for.
    """
    for spelling in _spellings(each for each in secrets if _NO_WORD.fullmatch(each)):
        for charset in ("utf-8", "utf-16-le", "utf-16-be"):
            body = body.replace(spelling.encode(charset), HIDDEN.encode(charset))
    return body


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Return the secrets as they may be written, the longest first: one may hold another."""
    spelt = {
        write(secret) for secret in set(secrets) for write in (str, quote, _quoted, quote_plus)
    }
    return sorted(spelt, key=lambda spelling: (-len(spelling), spelling))


def _quoted(secret: str) -> str:
    return quote(secret, safe="")


def _hidden(match: re.Match[str]) -> str:
    before, name, value = match.groups()
    is_told = value.startswith("${") or not is_secret_name(name)  # a variable is only a name
    return f"{before}{name}={value if is_told else HIDDEN}"
