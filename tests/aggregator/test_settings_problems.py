"""Every mistake in sources.yaml, and the very line an operator reads."""

import pytest

from aggregator.settings import MOST_PROBLEMS, parse
from feeds.errors import SettingsError

SITE = "site: {title: T, base_url: https://n.example/}\n"
HEAD = SITE + "sources:\n  - name: A\n    feed: https://a.example/rss\n"  # line 5 is free


def told(text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse(text, environ=environ)
    return [str(problem).removeprefix("sources.yaml:") for problem in caught.value.problems]


BAD = {
    "": [" is empty (`broadsheet init` writes one)"],
    "# nothing\n": [" is empty (`broadsheet init` writes one)"],
    "just text": ["1: must be a map of keys to values"],
    "- a list": ["1: must be a map of keys to values"],
    "sources: []": [
        "1: site: is missing (The paper as a whole.)",
        "1: sources: must not be empty",
    ],
    SITE: ["1: sources: is missing (The feeds we subscribe to.)"],
    SITE + "sources:\n": ["2: sources: has no value (give it one, or remove the key)"],
    SITE + "sources:\n  - na": ["3: sources[0]: must be a map of keys to values"],
    SITE + "sources:\n  - name: A\n    fe": ['4: a key without a colon: "fe" (write `key: value`)'],
    SITE + "sources:\n  -\n": ["3: sources[0]: has no value (give it one, or remove the key)"],
    "site: {titel: T,\n base_url: n.example}\nsources: [{name: A, feed: https://a.example/}]": [
        '1: site.titel: unknown key (did you mean "title"?)',
        "2: site.base_url: must begin with http:// or https://",
    ],
    "site: {title: T, base_url: 'https://n.example/',\n database: 'mysql://me:secret@host/x'}\n"
    "sources: [{name: A, feed: https://a.example/}]": [
        (
            "2: site.database: is not the URL of a database"
            " (sqlite:////srv/paper.db, postgresql://host/name)"
        )
    ],
    "site: {title: T, base_url: 'https://n.example/',\n database: 'postgresql://${UNSET_1}@host/x'}"
    "\nsources: [{name: A, feed: https://a.example/}]": [
        "2: site.database: the environment variable UNSET_1 is not set, or empty"
    ],
    "site: {title: T, base_url: 'https://n.example/',\n hub: own}\n"
    "sources: [{name: A, feed: https://a.example/}]": [
        "2: site.hub: is not a hub (the address of a hub, or builtin)"
    ],
    "site: {title: T, base_url: 'https://n.example/',\n hub: [builtin,\n"
    " 'https://me:secret@hub.example/', 'https://hub.example/?key=secret',\n"
    " 'https://hub.example/${KEY}']}\nsources: [{name: A, feed: https://a.example/}]": [
        "3: site.hub[1]: must hold no secret (it is published in every feed)",
        "3: site.hub[2]: must hold no secret (it is published in every feed)",
        "4: site.hub[3]: must hold no secret (it is published in every feed)",
    ],
    HEAD + "    evry: 1h": ['5: sources[0].evry: unknown key (did you mean "every"?)'],
    HEAD + "    XMLURL: x": ['5: sources[0].XMLURL: unknown key (did you mean "feed"?)'],
    HEAD + "    qqq: 1h": ["5: sources[0].qqq: unknown key"],
    HEAD + "    timeout: 1h": ["5: sources[0].timeout: unknown key (write it under http:)"],
    HEAD + '    "a\\nb": 1': ['5: sources[0]."a\ufffdb": unknown key'],
    HEAD + "surces: 1": ['5: surces: unknown key (did you mean "sources"?)'],
    HEAD + "    http: {header: {A: b},\n      timout: 3s}": [
        '5: sources[0].http.header: unknown key (did you mean "headers"?)',
        '6: sources[0].http.timout: unknown key (did you mean "timeout"?)',
    ],
    HEAD + "    name: B": ['5: "name" is here twice (first in line 3)'],
    HEAD + "    title: B": [
        '5: sources[0].title: means the same as "name", which is also here (keep one of them)'
    ],
    SITE + "sources:\n  - title: A\n    name: B\n    url: https://a.example/\n    xmlUrl: x": [
        '3: sources[0].title: means the same as "name", which is also here (keep one of them)',
        '6: sources[0].xmlUrl: means the same as "url", which is also here (keep one of them)',
    ],
    HEAD + "    id: 12": ["5: sources[0].id: must be text (put it in quotes)"],
    HEAD + "    id: Ab": [
        (
            "5: sources[0].id: cannot stand in an address"
            " (at most 64 of a-z and 0-9, with single hyphens between)"
        )
    ],
    HEAD + "    tier: 1.5": ["5: sources[0].tier: must be a whole number"],
    HEAD + '    tier: "1"': ["5: sources[0].tier: must be a whole number"],
    HEAD + "    tier: true": ["5: sources[0].tier: must be a whole number"],
    HEAD + "    tier: 0": ["5: sources[0].tier: must be at least 1"],
    HEAD + "    tier: 10": ["5: sources[0].tier: must be at most 9"],
    HEAD + "    enabled: no": ["5: sources[0].enabled: must be true or false"],
    HEAD + "    rights: all": ["5: sources[0].rights: must be full, excerpt or link"],
    HEAD + "    every:": ["5: sources[0].every: has no value (give it one, or remove the key)"],
    HEAD + "    every: 30": [
        "5: sources[0].every: needs a unit (such as 90s, 30m, 6h, 1d or 1h30m)"
    ],
    HEAD + "    every: soon": [
        "5: sources[0].every: is not an interval such as 90s, 30m, 6h, 1d or 1h30m"
    ],
    HEAD + "    every: 59s": ["5: sources[0].every: must be from 1m to 30d"],
    HEAD + "    every: 31d": ["5: sources[0].every: must be from 1m to 30d"],
    HEAD + "    every: 1h\n    longest: 59m": [
        (
            "6: sources[0].longest: is shorter than every"
            " (every is how often to ask at most, longest how seldom)"
        )
    ],
    "defaults: {every: 1h, longest: 59m}\n" + HEAD: [
        (
            "1: defaults.longest: is shorter than every"
            " (every is how often to ask at most, longest how seldom)"
        )
    ],
    HEAD + "    every: 1h\n    cron: 0 6 * * *": [
        "6: sources[0].cron: cannot go with every (keep one of them)"
    ],
    HEAD + "    cron: 0 6 * *": [
        (
            "5: sources[0].cron: 4 fields where cron has five:"
            " minute, hour, day of month, month, weekday"
        )
    ],
    HEAD + "    language: en_GB": [
        "5: sources[0].language: is not a language tag (BCP 47) (such as en, de or pt-BR)"
    ],
    HEAD + "    sections: [World,\n      3]\nsections: [{title: World}]": [
        "6: sources[0].sections[1]: must be text (put it in quotes)"
    ],
    HEAD + "    sections: {a: b}": ["5: sources[0].sections: must be a list"],
    HEAD + "    categories: [a]": ["5: sources[0].categories: must be a map of keys to values"],
    HEAD + "    category: World": [
        '5: sources[0].category: no section is called "World" (there are no sections)'
    ],
    HEAD + "    sections: [Wold,\n      Sport]\nsections: [{title: World}, {title: Arts}]": [
        (
            '5: sources[0].sections[0]: no section is called "Wold"'
            ' (did you mean "World"? the sections are World, Arts)'
        ),
        ('6: sources[0].sections[1]: no section is called "Sport" (the sections are World, Arts)'),
    ],
    HEAD + "    categories: {X: wrld}\nsections: [{title: World}]": [
        (
            '5: sources[0].categories.X: no section is called "wrld"'
            ' (did you mean "World"? the sections are World)'
        )
    ],
    HEAD + "    sections: Same\nsections:\n  - title: A\n    sections: [{title: Same, slug: one}]\n"
    "  - title: B\n    sections: [{title: Same, slug: two}, {title: same, slug: three}]": [
        '5: sources[0].sections: several sections are called "Same" (say one or two or three)'
    ],
    HEAD + "sections: [{title: ცივილ},\n {title: Wire}, {title: A, slug: x},\n {title: X}]": [
        "5: sections[0].title: no slug can be made from this title (write one with slug:)",
        (
            '6: sections[1].title: the slug "wire" is one the paper needs itself'
            " (choose another with slug:)"
        ),
        '7: sections[3].title: the slug "x" is also that of line 6 (choose another with slug:)',
    ],
    HEAD + "sections: [{title: A, slug: articles}]": [
        (
            '5: sections[0].slug: the slug "articles" is one the paper needs itself'
            " (choose another with slug:)"
        )
    ],
    HEAD + "  - name: a!\n    feed: https://b.example/": [
        '5: sources[1].name: the id "a" is also that of line 3 (choose another with id:)'
    ],
    HEAD + "  - name: ცივილ\n    feed: https://b.example/": [
        "5: sources[1].name: no id can be made from this name (write one with id:)"
    ],
    HEAD + "  - name: B\n    feed: HTTPS://A.example:443/rss#x": [
        "6: sources[1].feed: is already subscribed to in line 4 (keep one of them)"
    ],
    HEAD + "  - name: B\n    feed: http://N.example/feed.xml": [
        (
            "6: sources[1].feed: is our own output: it lies beneath site.base_url"
            " (a paper cannot be its own source)"
        )
    ],
    HEAD + "    http: {headers: {Host: a, If-None-Match: b, User-Agent: c, 'a b': d}}": [
        "5: sources[0].http.headers.Host: is a header we decide ourselves (remove it)",
        "5: sources[0].http.headers.If-None-Match: is a header we decide ourselves (remove it)",
        "5: sources[0].http.headers.User-Agent: is set elsewhere (write it as http.user_agent)",
        "5: sources[0].http.headers.a b: is not the name of a header",
    ],
    HEAD + '    http: {headers: {A: "x\\r\\nHost: y", B: ""}, user_agent: "\\0"}': [
        "5: sources[0].http.user_agent: holds a line break, or a letter that no header can carry",
        "5: sources[0].http.headers.A: holds a line break, or a letter that no header can carry",
        "5: sources[0].http.headers.B: must not be empty",
    ],
    HEAD + "    http: {headers: {Cookie: a, authorization: b}, cookie: c,\n"
    "      auth: {user: d, password: e}, ca: x.pem,\n      accept_invalid_certs: true}": [
        "5: sources[0].http.cookie: cannot go with headers.Cookie (keep one of them)",
        "6: sources[0].http.auth: cannot go with headers.authorization (keep one of them)",
        (
            "6: sources[0].http.ca: says whom to trust, accept_invalid_certs: anybody"
            " (keep one of them)"
        ),
    ],
    HEAD + "    http: {auth: {user: 'a:b', password: \"\\n\"}, proxy: 'https://p.example',\n"
    "      headers: {Proxy-Authorization: x}}": [
        "5: sources[0].http.auth.user: must not hold a colon (it ends the name (RFC 7617))",
        "5: sources[0].http.auth.password: holds a line break or another control character",
        (
            "5: sources[0].http.proxy: is not the address of a proxy"
            " (a proxy is http://host:port, socks5://host:port or socks5h://host:port)"
        ),
        (
            "6: sources[0].http.headers.Proxy-Authorization: is set elsewhere"
            " (write it in the address of http.proxy)"
        ),
    ],
    HEAD + "    http: {auth: {user: me}, proxy: 'http://p.example/x'}": [
        ("5: sources[0].http.auth.password: is missing (such as password: ${MINISTRY_PASSWORD})"),
        (
            "5: sources[0].http.proxy: is not the address of a proxy"
            " (a proxy needs a host, perhaps a port, and nothing behind them)"
        ),
    ],
    HEAD + '    http: {headers: {A: "${NOPE} ${EMPTY}", B: "${no-name}", C: "${D"}}': [
        "5: sources[0].http.headers.A: the environment variable NOPE is not set, or empty",
        "5: sources[0].http.headers.A: the environment variable EMPTY is not set, or empty",
        '5: sources[0].http.headers.B: "${no-name}" names no variable (write ${NAME})',
        '5: sources[0].http.headers.C: "${D" names no variable (write ${NAME})',
    ],
    "site: {title: '', base_url: 'https://n.example/?x', entries: 501, contact: me,\n"
    " allow_networks: [10.0.0.1/8, x, 3]}\nsources: [{name: A, feed: https://a.example/}]": [
        "1: site.title: must not be empty",
        "1: site.base_url: must end with its path (remove ? and # and what follows)",
        "1: site.contact: must be a web address or an e-mail address",
        "1: site.entries: must be at most 500",
        "2: site.allow_networks[0]: is not a network (write 10.0.0.0/8)",
        "2: site.allow_networks[1]: is not a network (such as 10.0.0.0/8 or fd00::/8)",
        "2: site.allow_networks[2]: must be a network (such as 10.0.0.0/8, in quotes)",
    ],
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_is_told_with_its_line_key_and_cure(text: str) -> None:
    assert told(text, EMPTY="") == BAD[text]


@pytest.mark.parametrize(
    ("feed", "problem"),
    [
        ("ftp://a.example/", "must begin with http:// or https://"),
        ("a.example/rss", "must begin with http:// or https:// (write https://a.example/rss)"),
        ("feed://a.example/x", "feed: is not a way to fetch (write https://a.example/x)"),
        ("feed:http://a.example/", "feed: is not a way to fetch (write http://a.example/)"),
        ("https://", "is not a web address (it has no host, or port 0)"),
        ("https:a.example", "is not a web address (it has no host, or port 0)"),
        ("https://[::1/", "is not a web address (Invalid IPv6 URL)"),
        (
            "https://me:pw@a.example/",
            (
                "must not hold a user name or a password"
                " (write them as http.auth, the password as ${NAME})"
            ),
        ),
        (
            "https://a.example/?k=${KEY}",
            "the environment variable KEY is not set, or empty",
        ),
        (
            "https://a.example/?k=${a-key}",
            '"${a-key}" names no variable (write ${NAME})',
        ),
        (
            "https://a.example/a b",
            "is not an address (empty, or with a space, backslash or control character)",
        ),
        (
            "file://host/x.xml",
            (
                "is not the address of a file here"
                " (file:exports/x.xml, from the folder of this file, or file:///srv/x.xml)"
            ),
        ),
        ("file:x.xml?y", "is not the address of a file here (write ? as %3F and # as %23)"),
    ],
)
def test_a_feed_that_cannot_be_fetched_is_told_why(feed: str, problem: str) -> None:
    text = SITE + f"sources:\n  - name: A\n    feed: '{feed}'\n"
    assert told(text) == [f"4: sources[0].feed: {problem}"]


@pytest.mark.parametrize(
    "feed", ["https://${KEY}/", "https://${KEY}.example/", "${KEY}", "file:${KEY}", "${KEY}://a/"]
)
def test_a_variable_cannot_say_whom_to_ask(feed: str) -> None:
    text = SITE + f"sources:\n  - name: A\n    feed: '{feed}'\n"
    (problem,) = told(text, KEY="a.example")
    assert problem.startswith("4: sources[0].feed: ")


def test_a_key_in_an_address_is_not_repeated() -> None:
    text = SITE + "sources:\n  - name: A\n    feed: 'a.example/rss?key=s3cret'\n"
    address = "write https://a.example/rss?key=***"
    assert told(text) == [f"4: sources[0].feed: must begin with http:// or https:// ({address})"]


def test_one_bad_source_does_not_hide_the_mistakes_between_the_others() -> None:
    text = HEAD + "    evry: 1h\n  - {name: A, feed: 'https://a.example/rss', tier: x}\n"
    assert told(text) == [
        '5: sources[0].evry: unknown key (did you mean "every"?)',
        "6: sources[1].tier: must be a whole number",
        '6: sources[1].name: the id "a" is also that of line 3 (choose another with id:)',
        "6: sources[1].feed: is already subscribed to in line 4 (keep one of them)",
    ]


def test_a_bad_section_does_not_make_its_sources_wrong() -> None:
    assert told(HEAD + "    sections: World\nsections: [{title: World, slug: W!}]") == [
        (
            "6: sections[0].slug: cannot stand in an address"
            " (at most 64 of a-z and 0-9, with single hyphens between)"
        )
    ]


def test_more_than_a_hundred_mistakes_are_cut_short_with_a_count() -> None:
    text = HEAD + "".join(f"  - {{name: S{at}}}\n" for at in range(117))
    lines = told(text)
    assert len(lines) == MOST_PROBLEMS + 1
    assert lines[0] == "5: sources[1].feed: is missing (such as feed: https://eutoday.net/feed/)"
    assert lines[-1] == " … and 17 more"
