"""Responses: what is said of a document, and where there is none (RFC 9110)."""

from collections.abc import Callable
from email.utils import format_datetime

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from publisher import kinds, ranges
from publisher.conditional import is_not_modified, preferred
from publisher.delta import MANIPULATION
from publisher.shelf import Document

# What others wrote is shown on our pages, so nothing in any document may run, post or frame.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_FRESH = "max-age=300, stale-while-revalidate=600"
_FRESH_FOR_A_DAY = "max-age=86400, stale-while-revalidate=600"
# A part of a feed is for the one who asked: no cache may hand it to another (RFC 3229, 10.6).
_OF_NEWS = {
    "IM": MANIPULATION,
    "Cache-Control": "no-store, im",
    "Vary": "Accept-Encoding, A-IM, If-None-Match",
}


def respond(
    document: Document, asked: Headers, news_of: Callable[[], bytes | None], *, is_get: bool
) -> Response:
    """Return the document in the encoding asked for, a 304 (RFC 9110, 15.4.5), a part or its news.

    Only a GET can ask for a part (RFC 9110, 14.2).
    """
    encoding = preferred(field(asked, "accept-encoding"), document.packed)
    etag = document.tag(encoding)
    headers = _headers(document) | {"ETag": etag}
    if is_not_modified(
        etag=etag,
        modified=document.modified,
        if_none_match=field(asked, "if-none-match"),
        if_modified_since=field(asked, "if-modified-since"),
    ):
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Type": document.media_type, "Accept-Ranges": "bytes"}
    body = document.body if encoding is None else document.packed[encoding]
    wanted = field(asked, "range") if is_get else None
    part = ranges.part(wanted, len(body), etag=etag, if_range=asked.get("if-range"))
    news = news_of() if part is None else None
    if news is not None and len(news) < len(body):
        return Response(news, status_code=226, headers=headers | _OF_NEWS)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    if part is None:
        return Response(body, headers=headers)
    which = {"Content-Range": part.content_range(len(body))}
    if part.first == part.end:
        return notice(416, "There is no such part of it.", which)
    return Response(body[part.first : part.end], status_code=206, headers=headers | which)


def _headers(document: Document) -> dict[str, str]:
    is_image = document.media_type.startswith("image/")
    headers = _ALWAYS | {
        "Last-Modified": format_datetime(document.modified, usegmt=True),
        "Cache-Control": _freshness(document.path, is_image=is_image),
        "Content-Security-Policy": _IMAGE_POLICY if is_image else _POLICY,
    }
    if kinds.is_text(document.media_type):
        headers["Vary"] = "Accept-Encoding"
    if document.links:
        headers["Link"] = document.links
    return headers | for_all(document.path)


def for_all(path: str) -> dict[str, str]:
    """Return what lets pages of other sites read a feed, or read that it moved or ended."""
    is_feed = kinds.media_type(path) in kinds.FEEDS
    return {"Access-Control-Allow-Origin": "*"} if is_feed else {}


def _freshness(path: str, *, is_image: bool) -> str:
    """Return how long a document need not be asked for.

    An archive is not `immutable`, though it hardly ever changes: what was withdrawn must not be
    in anybody's cache for a year.
    """
    return _FRESH_FOR_A_DAY if is_image or kinds.is_archive(path) else _FRESH


def field(headers: Headers, name: str) -> str | None:
    """Return a list-valued field whole, however many lines it came in (RFC 9110, 5.3)."""
    lines = headers.getlist(name)
    return ", ".join(lines) if lines else None


def moved(status: int, location: str, scope: Scope) -> Response:
    """Return a redirect that keeps the query: a folder's (308), or to where something moved (301).

    A folder's is relative: no other host, and it works behind any prefix. What moved has the
    address that its feeds give, which is the one for a reader to keep.
    """
    query = scope["query_string"].decode("latin-1")
    fields = {"Location": f"{location}?{query}" if query else location, "Cache-Control": _FRESH}
    return Response(status_code=status, headers=_ALWAYS | for_all(scope["path"]) | fields)


def notice(status: int, words: str, headers: dict[str, str]) -> Response:
    """Return a page that says what is the matter, and nothing that came with the request."""
    body = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>{words}</title>\n<h1>{words}</h1>\n"
        '<p><a href="/">To the front page</a></p>\n</html>\n'
    )
    always = _ALWAYS | {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
    return Response(body, status, headers=always | headers, media_type="text/html")
