"""How deep markup is, told before anything that could stumble over it is asked to read it. Pure."""

import re
from collections import Counter

_DEEPEST = 400  # open tags; 20,000 nested ones keep the cleaner busy for seconds (T17)
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LEFT_OPEN = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "option",
        "br",
        "img",
        "hr",
        "input",
        "wbr",
        "source",
        "meta",
        "link",
        "col",
    ]
)


def is_too_deep(html: str) -> bool:
    """Say whether more elements are open within each other than a cleaner can bear."""
    if html.count("<") <= _DEEPEST:
        return False
    depth = deepest = 0
    opened: Counter[str] = Counter()
    for closing, written in _ANY_TAG.findall(html):
        name = written.lower()
        if name in _LEFT_OPEN or (closing and not opened[name]):  # an end of nothing ends nothing
            continue
        step = -1 if closing else 1
        opened[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest > _DEEPEST
