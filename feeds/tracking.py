"""What an address tells its publisher about the reader, and nothing about the article. Pure.

A permalink is what readers keep, share and compare; what campaigns hang on it is none of theirs.
A parameter that might name the article anywhere in the world stays: a name goes only if it is
made up by a tracker, a name that others use too only with a value that says "from a feed".
"""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

# By who made them up; none of these has a second meaning.
_BY_NAME = re.compile(
    r"(?:amp;)*(?:"
    r"utm_\w+|pk_(?:campaign|kwd|keyword|source|medium|content|cid)|mtm_\w+|piwik_\w+|matomo_\w+"
    r"|at_(?:medium|campaign\w*|custom\w*|format|link_\w+|ptr_\w+|bbc_team|creation|recipient\w*)"
    r"|hsa_\w+|_hs(?:enc|mi)|__hs\w+|mkt_tok|vero_(?:id|conv)|oly_(?:anon|enc)_id|mc_[ce]id"
    r"|(?:fb|g|d|tw|y|ys|tt|rb_|igsh)clid|msclkid|gclsrc|gbraid|wbraid|li_fat_id|igshid|srsltid|epik|_ga|_gl|_openstat|_branch_match_id"
    r"|fb_(?:action_(?:ids|types)|ref|source)|action_(?:object|type|ref)_map|__twitter_impression"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|wt_(?:mc|zmc)|wtmc|xtor|s_cid|ncid|ref_(?:src|url)"
    r"|guce_referrer(?:_sig)?|guccounter|soc_(?:src|trk)|elq(?:track(?:id)?|aid|at|cst)|trk_\w+"
    r"|sms_ss|awesm|itm_(?:source|medium|campaign|content)|cmpid|icid|emci|emdi"
    r"|sb_referer_host|spreaker_\w+|rss_(?:source|medium|campaign)"
    r")",
    re.IGNORECASE,
)
_FROM_A_FEED = re.compile(
    r"(?:ref|referr?er|source|src|from|via|partner|mod|cmp|fr|sr|origin|medium|campaign|emc|smid|cid|dc"
    r"|feedtype|type_rss|syndication)=(?:rss[\w.:/+-]*|atom(?:[-_.\d][\w.-]*|feed)?)",
    re.IGNORECASE,
)
_YOUTUBE = re.compile(r"(?:[\w-]+\.)*(?:youtube\.com|youtu\.be)", re.IGNORECASE)
_OF_YOUTUBE = re.compile(r"(?:feature|si|pp|ab_channel)=.*", re.IGNORECASE | re.DOTALL)

# Where an address stands for another that it carries with it: host, path, and in what.
_REDIRECTORS = (
    (re.compile(r"(?:www|news)\.google(?:\.[a-z]{2,3}){1,2}"), ("/url", "/news/url"), ("url", "q")),
    (re.compile(r"lm?\.facebook\.com"), ("/l.php",), ("u",)),
    (re.compile(r"www\.facebook\.com"), ("/l.php",), ("u",)),
    (re.compile(r"www\.youtube\.com"), ("/redirect",), ("q",)),
    (re.compile(r"t\.umblr\.com"), ("/redirect",), ("z",)),
    (re.compile(r"out\.reddit\.com"), None, ("url",)),
    (re.compile(r"vk\.com"), ("/away.php",), ("to",)),
    (re.compile(r"go\.(?:redirectingat|skimresources)\.com"), None, ("url",)),
    (re.compile(r"slack-redir\.net"), ("/link",), ("url",)),
    (re.compile(r"steamcommunity\.com"), ("/linkfilter/",), ("url", "u")),
)
_PROXY = re.compile(
    r"https?://(?:feedproxy\.google\.com/|(?:[\w-]+\.)*feedsportal\.com/|tracking\.feedpress\.[a-z]+/"
    r"|feedpress\.me/link/|[^/]+/~r/|[^/]+/~/(?:t/)?\d)",
    re.IGNORECASE,
)


def untracked(address: str) -> str:
    """Return an address without what only counts readers; else it stays as written."""
    if "?" not in address and "#" not in address:
        return address
    rest, hash_sign, fragment = address.partition("#")
    path, question_mark, query = rest.partition("?")
    if query:
        own = _is_youtube(path)
        kept = [part for part in query.split("&") if not _is_idle(part, is_youtube=own)]
        path += question_mark + "&".join(kept) if kept else ""
    else:
        path += question_mark
    if fragment and all(is_tracking(*_pair(part)) for part in fragment.split("&")):
        return path
    return path + hash_sign + fragment


def is_tracking(name: str, value: str) -> bool:
    """Say whether a parameter of a query only counts readers, on any host."""
    return bool(_BY_NAME.fullmatch(name) or _FROM_A_FEED.fullmatch(f"{name}={value}"))


def direct(address: str) -> str:
    """Return the address that a known redirector's carries with it, or `address` itself."""
    if "?" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    for host, paths, names in _REDIRECTORS:
        if host.fullmatch(parts.netloc.lower()) and (paths is None or parts.path in paths):
            return _carried(parts, names) or address
    return address


def is_proxy(address: str) -> bool:
    """Say whether a feed service counts the clicks at this address and sends them on."""
    return _PROXY.match(address) is not None


def _is_idle(part: str, *, is_youtube: bool) -> bool:
    return is_tracking(*_pair(part)) or (is_youtube and _OF_YOUTUBE.fullmatch(part) is not None)


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


def _is_youtube(path: str) -> bool:
    host = path.partition("//")[2].partition("/")[0]
    return _YOUTUBE.fullmatch(host) is not None


def _carried(parts: SplitResult, names: tuple[str, ...]) -> str | None:
    said = parse_qs(parts.query)
    for name in names:
        for value in said.get(name, ()):
            found = value if value.startswith(("http://", "https://")) else unquote(value)
            if found.startswith(("http://", "https://")):
                return found
    return None
