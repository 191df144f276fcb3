"""YAML as an operator would write it: the opposite of `aggregator.yamlmarks`. Pure."""

import json
import re
from collections.abc import Mapping, Sequence

Value = str | int | bool | Sequence["Value"] | Mapping[str, "Value"]

# What needs no quotes in any place, even to YAML 1.1, and is nothing but text to both.
_PLAIN = re.compile(r"[^\W\d_][^\W_]*(?:[ .'()/&+-]+[^\W_]+)*")
_PLAIN_ADDRESS = re.compile(r"https?://[\w.~:/?=&%+;@!$-]*[\w/=]", re.ASCII)
_MEANS_MORE = re.compile(r"~|null|true|false|yes|no|on|off|y|n|[-+.]?(?:inf|nan)", re.IGNORECASE)
_INTERVAL = re.compile(r"(?:[0-9]+[wdhms])+")
# JSON may hold these as they are, a YAML stream may not (1.2.2, 5.1), nor our reader's lines
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def yaml_value(value: Value) -> str:
    """Return `value` on one line: plain text where that is safe, else as JSON, which is YAML."""
    if isinstance(value, str):
        return _text(value)
    return _escaped(json.dumps(value, ensure_ascii=False))


def comment(text: str) -> str:
    """Return `text` as a comment of one line."""
    return "# " + _UNREADABLE.sub("\ufffd", " ".join(text.split()))


def _text(value: str) -> str:
    is_words = _PLAIN.fullmatch(value) and not _MEANS_MORE.fullmatch(value)
    is_plain = is_words or _PLAIN_ADDRESS.fullmatch(value) or _INTERVAL.fullmatch(value)
    if is_plain and not _UNREADABLE.search(value):
        return value
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(written: str) -> str:
    return _UNREADABLE.sub(_escape, written)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
