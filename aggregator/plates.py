"""The image above an article, with what is printed beneath it. Pure."""

from html import escape

from feeds.markup import images
from feeds.model import Image
from publisher.texts import Texts
from publisher.xmlvalues import web_address


def is_shown(image: Image, html: str) -> bool:
    """Say whether sanitised HTML shows this image already."""
    return any(shown.get("src") == image.href for shown in images(html))


def figure(image: Image, texts: Texts) -> str:
    """Return an image with its caption, credit and licence as HTML."""
    caption = [escape(image.description)] if image.description else []
    if image.credit:
        caption.append(escape(image.credit))
    if licence := web_address(image.licence):
        caption.append(f'<a href="{escape(licence)}">{texts.print("Licence")}</a>')
    elif image.rights:
        caption.append(escape(image.rights))
    alt = escape(image.description or "")
    below = f"<figcaption>{' · '.join(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(image.href)}" alt="{alt}">{below}</figure>'
