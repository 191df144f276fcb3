"""What an article says of the words that operators give their sections. Pure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from aggregator.grounds import HEADLINE, HEADLINE_AND_TEXT, TEXT
from aggregator.model import Section, Slug
from aggregator.words import Token, is_acronym, primary, sentences

TITLE_HIT: Final = 3  # a word in the headline counts as three in the text
TEXT_CAP: Final = 3  # one word repeated through a long text is not a subject
LEAD: Final = 300  # words of the text that say what it is about


def said(
    title: str, text: str, sections: Iterable[Section], language: str
) -> dict[Slug, tuple[str, int]]:
    """Return the sections whose words an article says, with those words and points for them."""
    language = primary(language)
    worded = [section for section in sections if section.words]
    if not worded:
        return {}
    headline, lead = (
        _Said(_tokens(title, language)),
        _Said(_tokens(text, language)[:LEAD]),
    )
    found: dict[Slug, tuple[str, int]] = {}
    for section in worded:
        forms = {_form(word, language): word for word in reversed(section.words)}
        titled = [word for form, word in forms.items() if headline.mentions(form)]
        told = {word: lead.mentions(form) for form, word in forms.items() if lead.mentions(form)}
        score = TITLE_HIT * len(titled) + sum(min(times, TEXT_CAP) for times in told.values())
        if score:
            found[section.slug] = _spelt_out(titled, told), score
    return found


class _Said:
    """A text as its words are looked up: by stem, acronyms as written."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._places: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            for form in {token.stem, token.surface}:
                self._places.setdefault(form, []).append(place)

    def mentions(self, form: tuple[str, ...]) -> int:
        """Return how often the words of `form` stand there one after the other."""
        return sum(self._continues(place, form) for place in self._places.get(form[0], ()))

    def _continues(self, place: int, form: tuple[str, ...]) -> bool:
        run = self._tokens[place : place + len(form)]
        return len(run) == len(form) and all(
            part in (token.stem, token.surface) for part, token in zip(form, run, strict=True)
        )


def _tokens(text: str, language: str) -> tuple[Token, ...]:
    return tuple(token for sentence in sentences(text, language) for token in sentence)


@lru_cache(maxsize=10_000)
def _form(word: str, language: str) -> tuple[str, ...]:
    """Return an operator's word as it is looked up: "sanctions" as "sanction", "ECB" as it is."""
    tokens = _tokens(word, language)
    return tuple(
        token.surface if is_acronym(token.surface, longest=4) else token.stem for token in tokens
    ) or ("",)


def _spelt_out(titled: Iterable[str], told: Mapping[str, int]) -> str:
    often = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))
    text = ", ".join(f"{word} ({times}\u00d7)" if times > 1 else word for word, times in often)
    headline = ", ".join(sorted(titled))
    if headline and text:
        return HEADLINE_AND_TEXT.format(words=headline, more=text)
    return HEADLINE.format(words=headline) if headline else TEXT.format(words=text)
