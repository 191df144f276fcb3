"""What reports of dead and injured have in common whatever happened, by language. Data.

Two articles that share no more than these words and a country tell of two events.
"""

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOLLS: Final[Mapping[str, frozenset[str]]] = {
    language: _words(spelt) for language, spelt in {
    "en": """
        accident arrested attack attacked authorities blast bomb bombing bystanders child children
        civilian civilians collapse collision crash crashed dead death deaths die died dies dozens
        driver emergency explosion fatal fatally fire gunman gunmen hospital hospitalized hospitals
        hundreds hurt incident injure injured injures injuries injuring kill killed killing kills
        leave leaves leaving local man men missing officer officers officials others passengers
        people person police report reported reportedly rescue rescued residents rise rises rose
        security shooting shot soldiers strike strikes survivors suspect thousands toll victims
        women woman wound wounded wounding
        two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
        hundred thousand several""",
    "de": """
        angriff anschlag behörden bombe explosion feuer frau frauen getötet kinder kind leichen
        leute mann menschen männer opfer personen polizei schwer soldaten sterben stirbt
        schüsse tod tote toten todesopfer tödlich unfall unglück verletzt verletzte verletzten
        vermisst zahl""",
    "fr": """
        accident attaque attentat autorités blessé blessés bilan bombe décès enfants explosion
        femme femmes homme hommes incendie mort mortes morts personnes police policiers soldats
        tirs tué tuée tués victime victimes""",
    "es": """
        accidente ataque atentado autoridades bomba explosión fallecen fallecidos heridas heridos
        hombre hombres incendio mata matan muere mueren muerte muertes muertos mujer mujeres niños
        personas policía soldados tiroteo víctimas""",
    "it": """
        agenti attacco attentato bambini bilancio bomba donna donne esplosione ferite ferito feriti
        incendio incidente morte morti morto muoiono persone polizia soldati uccisi uccide uomini
        uomo vittime""",
    "nl": """
        aanslag aanval bom brand dode doden explosie gedood gewond gewonden kinderen mannen mensen
        man omgekomen ongeluk ongeval politie slachtoffers soldaten vrouw vrouwen""",
    "pt": """
        acidente ataque atentado autoridades bomba crianças explosão feridas feridos homem homens
        incêndio mata matam morre morrem morte mortes mortos mulher mulheres pessoas polícia
        soldados tiroteio vítimas""",
    "pl": """
        atak bomba dzieci eksplozja kobieta kobiety ludzi mężczyzna ofiary osoby osób policja
        pożar ranni rannych śmierć wybuch wypadek zabici zabitych zginęło zginęły żołnierze""",
    "ru": """
        атака взрыв власти военные дети детей женщин жертв жертвы люди людей мужчина обстрел
        пострадали пострадавших погиб погибли погибших пожар полиция ранен ранены раненых
        сообщили теракт удар человек число убиты убит""",
    }.items()
}  # fmt: skip

# Numbers in words begin a sentence in capitals: "Three people are killed" names nobody.
NUMBERS: Final[frozenset[str]] = _words("""
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
    hundreds thousand thousands million millions dozens several
""")
