# ruff: noqa: RUF001 -- words of other languages, in their own alphabets
"""A document is readable whatever it, its server and its byte order mark say of its charset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.charset import decode, undoubled
from feeds.lettering import guess

WORDS = {
    "fr": "L’été à Évreux — « déjà » vu œuvre €",
    "ru": "Привет, мир: новости дня сегодня",
    "uk": "Вітаємо: їжак з’їв увесь ґанок",
    "el": "Καλημέρα κόσμε, τα νέα της ημέρας",
    "pl": "Zażółć gęślą jaźń",
    "tr": "İstanbul’da güneşli bir şehir günü",
    "he": "שלום עולם, חדשות היום",
    "ar": "مرحبا بالعالم، أخبار اليوم",
    "th": "สวัสดีชาวโลก ข่าววันนี้",
    "ja": "こんにちは世界。今日のニュースです",
    "zh": "你好,世界。今天的新闻报道",
    "tw": "你好世界,今天的新聞報導",
    "ko": "안녕하세요 세계 오늘의 뉴스",
}


def document(language: str, declared: str) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    title = f"<title>{WORDS[language]}</title><description>in plain English</description>"
    return f"{declaration}<rss><channel>{title}</channel></rss>"


def read(
    language: str, sent: str, declared: str, header: str = "", mark: bytes = b""
) -> tuple[str, str | None]:
    body = mark + document(language, declared).encode(sent, "xmlcharrefreplace")
    return decode(body, content_type=f"text/xml; charset={header}" if header else "text/xml")


@pytest.mark.parametrize(
    ("language", "sent", "declared", "header"),
    [
        *(("fr", "cp1252", "utf-8", ""), ("fr", "cp1252", "", ""), ("fr", "cp1252", "", "utf-8")),
        *(("fr", "cp1252", "iso-8859-1", "utf-8"), ("fr", "utf-8", "utf-16", "")),
        *(("fr", "utf-8", "", "utf-16"), ("fr", "utf-8", "x-unknown", ""), ("fr", "utf-8", "", "")),
        *(("ru", "utf-8", "iso-8859-1", ""), ("ru", "utf-8", "windows-1251", "koi8-r")),
        *(("ru", "koi8-r", "koi8-r", ""), ("ru", "koi8-r", "koi8-r", "iso-8859-1")),
        *(("ru", "cp1251", "windows-1251", "koi8-r"), ("ru", "cp1251", "utf-8", "windows-1251")),
        *(
            ("ru", "cp1251", "iso-8859-1", ""),
            ("ru", "cp1251", "utf-8", ""),
            ("ru", "cp1251", "", ""),
        ),
        *(
            ("ru", "koi8-r", "", ""),
            ("ru", "koi8-r", "windows-1251", ""),
            ("ru", "cp866", "utf-8", ""),
        ),
        *(
            ("ru", "cp1251", "win-1251", ""),
            ("uk", "koi8-u", "koi8-u", ""),
            ("uk", "cp1251", "", ""),
        ),
        *(("ru", "iso8859-5", "iso-8859-5", ""), ("ru", "iso8859-5", "", "")),
        *(("el", "cp1253", "iso-8859-7", ""), ("el", "iso8859-7", "iso-8859-7", "")),
        *(("el", "cp1253", "utf-8", ""), ("pl", "iso8859-2", "iso-8859-2", "")),
        *(("pl", "cp1250", "iso-8859-2", ""), ("tr", "cp1254", "iso-8859-9", "")),
        *(("he", "cp1255", "iso-8859-8-i", ""), ("he", "cp1255", "", ""), ("ar", "cp1256", "", "")),
        *(("ar", "cp1256", "windows-1256", "utf-8"), ("th", "cp874", "tis-620", "")),
        *(
            ("th", "cp874", "", ""),
            ("ja", "shift_jis", "Shift_JIS", ""),
            ("ja", "cp932", "x-sjis", ""),
        ),
        *(
            ("ja", "shift_jis", "utf-8", ""),
            ("ja", "euc-jp", "euc-jp", ""),
            ("ja", "euc-jp", "", ""),
        ),
        *(("ja", "euc-jp", "shift_jis", ""), ("ja", "shift_jis", "euc-jp", "")),
        *(("ja", "iso-2022-jp", "iso-2022-jp", ""), ("ja", "iso-2022-jp", "", "")),
        *(("zh", "gb18030", "gb2312", ""), ("zh", "gbk", "utf-8", ""), ("zh", "gbk", "x-gbk", "")),
        *(("tw", "big5", "big5", ""), ("tw", "big5", "", ""), ("ko", "cp949", "euc-kr", "")),
        *(("ko", "euc-kr", "utf-8", ""), ("fr", "mac-roman", "macintosh", "")),
    ],
)
def test_text_is_readable_whatever_is_said_of_its_charset(
    language: str, sent: str, declared: str, header: str
) -> None:
    text, _ = read(language, sent, declared, header)
    words = WORDS[language].encode(sent, "xmlcharrefreplace").decode(sent)
    assert words in text


@pytest.mark.parametrize(
    ("sent", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-8", b"\xef\xbb\xbf\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("header", ["iso-8859-1", "utf-8", "koi8-r"])
def test_a_byte_order_mark_is_believed_before_anybody(sent: str, mark: bytes, header: str) -> None:
    text, _ = read("fr", sent, "windows-1251", header, mark)
    assert text.lstrip("\ufeff") == document("fr", "windows-1251")


def test_what_is_overridden_is_said() -> None:
    assert read("ru", "utf-8", "iso-8859-1")[1] == "the document says it is iso8859-1 and is UTF-8"
    assert read("ru", "cp1251", "utf-8")[1] == (
        "the document is not in the charset it says it is; by its letters it is in cp1251"
    )
    assert read("fr", "cp1252", "utf-8")[1] == (
        "the document is not the UTF-8 it should be; the odd bytes are read as windows-1252"
    )
    assert read("fr", "cp1252", "iso-8859-1")[1] is None
    assert read("fr", "utf-8", "utf-8")[1] is None


def test_a_few_odd_bytes_do_not_change_what_a_document_is_in() -> None:
    body = document("ru", "utf-8").encode() + b"<x>caf\xe9 \x93q\x94</x>"
    text, _ = decode(body)
    assert WORDS["ru"] in text
    assert "café “q”" in text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Ünter den Linden heißt es: Übermäßige Größe", "cp1252"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("ÄÖÜ äöü ÀÉÈ", "cp1252"),
        ("plain", "ascii"),
    ],
)
def test_latin_letters_with_accents_are_never_taken_for_another_alphabet(
    text: str, sent: str
) -> None:
    assert guess(text.encode(sent)) is None


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "koi8-r", "shift_jis", "idna", "?"]))
def test_any_bytes_are_some_text(body: bytes, header: str) -> None:
    text, _ = decode(body, content_type=f"text/xml; charset={header}")
    text.encode("utf-8", "surrogatepass")
    assert text or not body.strip(b"\xef\xbb\xbf\xff\xfe\x00\x1b()$B@J")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("Ã©tÃ©", "été"),
        ("It\u00e2\u20ac\u2122s 日本", "It’s 日本"),
        ("\u00e2\u20ac\u0153So\u00e2\u20ac\x9d, 本", "“So”, 本"),
        ("SÃ£o JoÃ£o Ã© 本", "São João é 本"),
        ("«IRMÃ» 本", "«IRMÃ» 本"),
        ("Â«a 本", "Â«a 本"),
        ("été — naïve", "été — naïve"),
    ],
)
def test_what_was_encoded_twice_is_read_as_it_was_meant(sent: str, meant: str) -> None:
    assert undoubled(sent) == meant


@given(st.text(max_size=30))
def test_undoing_never_fails_and_leaves_ordinary_text(text: str) -> None:
    assert isinstance(undoubled(text), str)
    assert undoubled(f"日本 {text.encode('ascii', 'ignore').decode()}").startswith("日本 ")
