"""Words to make texts of: the little words of eight languages, and made-up ones between them.

A text's statistics matter, not its sense: words are drawn by Zipf's law from a vocabulary as
large as a newspaper's, so that compressing, stemming and comparing cost what they cost there.
"""
# ruff: noqa: RUF001 -- Greek and Russian letters are meant

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

MADE_UP = 4_000  # words of a language, beside its little ones

_LITTLE = {
    "en": "the of and to in a is that for it was on with as by at from his be this an are not",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch",
    "fr": "de la le et les des en un du une que est pour qui dans par sur au plus ne pas ce",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más",
    "it": "di e che la il un a per è in una mi sono ho non ma lo ha le si con da i del",
    "pl": "w i na z do się nie to jest że o od po za przez dla ale jak tego był przy są",
    "ru": "и в не на я быть он с что а по это она этот к но они мы весь который из у",
    "el": "και το να του η της με που την από για είναι ότι τα στο δεν οι τον στην ένα",
}
_SOUNDS = {  # beginnings of a syllable, then its middles and ends
    "en": ("b c d f g h l m n p r s t w st tr br pl cl sh th", "a e i o u ea ou er an in on ent"),
    "de": ("b d f g h k l m n r s t w sch st pf kr bl str z", "a e i o u ei au ü er en ung ich an"),
    "fr": ("b c d f g j l m n p r s t v ch pl tr gr", "a e i o u é ai ou eau en on eur ant ette"),
    "es": ("b c d f g l m n p r s t v ll tr pr gr ch", "a e i o u ia ie ue ar er ción ado ente"),
    "it": ("b c d f g l m n p r s t v gl st tr pr sc", "a e i o u ia io uo are ere ato ente zza"),
    "pl": ("b c d g k l m n p r s t w z sz cz prz st", "a e i o u y ą ę ie ow anie ość nik ski"),
    "ru": ("б в г д ж з к л м н п р с т х ст пр кр ш", "а е и о у ы я ие ов ание ость ник ский"),
    "el": ("β γ δ θ κ λ μ ν π ρ σ τ φ χ στ πρ κρ", "α ε η ι ο υ ου ει ία ος ων ής ικό μα ση"),
}
LANGUAGES = tuple(_LITTLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A language's words, commonest first, with the running sums of their weights."""

    words: tuple[str, ...]
    sums: tuple[float, ...]

    def draw(self, chance: random.Random, count: int) -> list[str]:
        """Return `count` words, the common ones often."""
        return chance.choices(self.words, cum_weights=self.sums, k=count)

    def name(self, chance: random.Random) -> str:
        """Return a name as of a person or a place: two words no one would call common."""
        return " ".join(chance.choices(self.words[MADE_UP // 2 :], k=2)).title()


@cache
def vocabulary(language: str) -> Vocabulary:
    """Return the words of one of LANGUAGES: always the same ones."""
    chance = random.Random(f"vocabulary {language}")  # noqa: S311 -- texts, not secrets
    starts, ends = (sounds.split() for sounds in _SOUNDS[language])
    words = dict.fromkeys(_LITTLE[language].split())
    while len(words) < MADE_UP:
        syllables = chance.choice((1, 2, 2, 2, 3, 3, 4))
        words["".join(chance.choice(starts) + chance.choice(ends) for _ in range(syllables))] = None
    weights = (1 / (rank + 2.7) for rank in range(len(words)))  # Zipf's law as Mandelbrot has it
    return Vocabulary(words=tuple(words), sums=tuple(accumulate(weights)))
