"""What an HTML page is that came where a feed should be, in words. Pure.

An operator who reads "not a feed" must go and look; one who reads "a login page" need not.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from feeds.discover import Kind, discover
from feeds.errors import NotAFeedError, Trouble

_LOOKED_AT = 200_000  # characters; what gives these pages away stands in their heads
_LONGEST_TITLE = 80

_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^<>]{0,500}>([^<]{1,200})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input\b[^<>]{0,500}?\btype\s*=\s*[\"']?password\b", re.IGNORECASE)

_MIDDLE_OF_A_PAGE = re.compile(
    r"\s*+(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+<(?:html|head|body|title|meta|link|base|script|style"
    r"|noscript|div|p|center|h[1-6]|table|form|font|img|br|hr|a|b|span|ul|main|header)\b",
    re.IGNORECASE,
)

# What guards leave in the pages they show instead, but not in those they let pass.
_GUARDS = {
    "Cloudflare": r"\b_cf_chl_opt\b|\bcf-browser-verification\b|<title>Attention Required! \| Clo",
    "Akamai": r"\berrors\.edgesuite\.net/",
    "Amazon's firewall": r"\bwindow\.gokuProps\b|\bawsWafCookieDomainList\b",
    "DataDome": r"\bgeo\.captcha-delivery\.com/",
    "DDoS-Guard": r"<title>DDoS-Guard",
    "Imperva": r"\bIncapsula incident ID\b",
    "PerimeterX": r"\bid=[\"']px-captcha\b",
    "Sucuri": r"\bsucuri_cloudproxy_js\b|<title>Sucuri WebSite Firewall",
    "Anubis": r"\bid=[\"']anubis_challenge\b",
    "Vercel": r"<title>Vercel Security Checkpoint",
}
_GUARDED = [(name, re.compile(marks, re.IGNORECASE)) for name, marks in _GUARDS.items()]
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|pardon our interruption|security check|robot check"
    r"|(?:bot|human) verification|not a (?:ro)?bot\b|are you (?:a robot|human)|^access denied$",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"^404\b|\berror 404\b|\b404 error\b|\b404$|\b(?:page|file|site|feed)? ?not found\b"
    r"|\bpage introuvable\b|\bnicht gefunden\b|\bno encontrada\b|\bnon trovata\b|\bniet gevonden\b"
    r"|\bnão encontrada\b|\bnie znaleziono\b|не найден|не знайдено",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log|sign)[ -]?in\b|\bmembers only\b|\banmeld|\bconnexion\b|\biniciar sesi[oó]n\b"
    r"|\baccedi\b|\binloggen\b",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\bbefore you continue\b|\bbevor sie\b.*\b(?:weiter|fortfahren)|\bavant d(?:e continuer|'acc)"
    r"|\b(?:cookie|privacy|your) (?:consent|choices)\b|\bconsent (?:required|form)\b",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"(?:consent|guce|cmp|privacywall)\.", re.IGNORECASE)
_PARKED = re.compile(
    r"\bdomain (?:name )?(?:is|may be) (?:for sale|parked)|\bbuy this domain\b|\bparked domain\b"
    r"|\bdomain (?:has )?expired\b|\bsedoparking\.com/|\bparkingcrew\.net/|\bhugedomains\.com/"
    r"|\bbodis\.com/|\bparking-lander\b",
    re.IGNORECASE,
)


class Looks(StrEnum):
    """What a page looks like, as a sentence goes on after "it looks like"."""

    CHALLENGE = "a check that only lets browsers through"
    PARKED = "a domain that is parked or for sale"
    CONSENT = "a wall that asks for consent to cookies"
    MISSING = "the page a site shows for what is not there"
    LOGIN = "a login page"
    PAGE = "an ordinary page"


_TROUBLES = {
    Looks.CHALLENGE: Trouble.CHALLENGE,
    Looks.PARKED: Trouble.PARKED,
    Looks.CONSENT: Trouble.CONSENT,
    Looks.LOGIN: Trouble.LOGIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it looks: what kind, by its title, behind whose guard, and the feed it leads to."""

    looks: Looks
    title: str = ""
    guard: str | None = None
    feed: str | None = None


def look(text: str, *, base_url: str) -> Page:
    """Return what the page in `text`, found at `base_url`, looks like.

    `feed` is the first feed for readers of the site that it advertises, never one of comments.
    """
    head = text[:_LOOKED_AT]
    title = " ".join(found[1].split()) if (found := _TITLE.search(head)) else ""
    advertised = (
        each.href
        for each in discover(text.encode(errors="replace"), base_url=base_url)
        if each.kind is Kind.ADVERTISED
    )
    feed = next(advertised, None)
    guard = next((name for name, marks in _GUARDED if marks.search(head)), None)
    looks = Looks.CHALLENGE if guard else _looks(head, title, base_url=base_url, feed=feed)
    return Page(looks=looks, title=title[:_LONGEST_TITLE], guard=guard, feed=feed)


def not_a_feed(text: str, *, base_url: str) -> NotAFeedError:
    """Return the error for a page that came instead of a feed, with all an operator can use."""
    page = look(text, base_url=base_url)
    words = "the document is an HTML page, not a feed"
    if page.looks is not Looks.PAGE:
        words += f"; it looks like {page.looks}"
    if page.guard:
        words += f", by {page.guard}"
    if page.title:
        words += f'; its title is "{page.title}"'
    if page.feed:
        words += f"; it advertises the feed {page.feed}"
    return NotAFeedError(words, trouble=_TROUBLES.get(page.looks), advertised=page.feed)


def begins_a_page(text: str) -> bool:
    """Say whether a document begins like a page, which many do in the midst of one."""
    return _MIDDLE_OF_A_PAGE.match(text[:_LOOKED_AT]) is not None


def no_markup_of_a_feed(text: str, *, base_url: str) -> NotAFeedError:
    """Return the error for what is neither XML nor JSON: many a page begins anywhere."""
    if begins_a_page(text):
        return not_a_feed(text, base_url=base_url)
    words = "the document is neither XML nor JSON, so not a feed"
    begins = " ".join(text[:_LONGEST_TITLE].split())
    if begins and begins.isprintable() and "\ufffd" not in begins:
        words += f'; it begins "{begins}"'
    return NotAFeedError(words)


def _looks(head: str, title: str, *, base_url: str, feed: str | None) -> Looks:
    heading = found[1].strip() if (found := _HEADING.search(head)) else ""
    if _CHALLENGE.search(title):
        return Looks.CHALLENGE
    if _PARKED.search(head):
        return Looks.PARKED
    if _CONSENT.search(title) or _CONSENT_HOST.match(_host(base_url)):
        return Looks.CONSENT
    if _MISSING.search(title) or _MISSING.search(heading):
        return Looks.MISSING
    # Many a front page has a form to log in; it advertises its feed all the same.
    if _PASSWORD.search(head) and (_LOGIN.search(title) or not feed):
        return Looks.LOGIN
    return Looks.PAGE


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
