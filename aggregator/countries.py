"""Names too wide to link two articles by themselves: countries, their people, and offices. Data.

Two articles that share no more than "Azerbaijan" or "the President" need not be related. English
in full, other languages with the countries their newspapers name most and English spells otherwise.
"""
# ruff: noqa: RUF001 (letters of other alphabets that look like Latin ones are the point here)

from collections.abc import Mapping
from typing import Final


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.replace("\n", " ").split(",") if name.strip())


_ENGLISH: Final = _names("""
    Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia, Australia, Austria,
    Azerbaijan, Bahamas, Bahrain, Bangladesh, Barbados, Belarus, Belgium, Belize, Benin,
    Bhutan, Bolivia, Bosnia, Bosnia and Herzegovina, Botswana, Brazil, Britain, Great Britain,
    Brunei, Bulgaria, Burkina Faso, Burma, Burundi, Cambodia, Cameroon, Canada, Cape Verde,
    Central African Republic, Chad, Chile, China, Colombia, Comoros, Congo, Republic of the
    Congo, Democratic Republic of the Congo, Costa Rica, Croatia, Cuba, Cyprus, Czechia, Czech
    Republic, Denmark, Djibouti, Dominica, Dominican Republic, East Timor, Ecuador, Egypt, El
    Salvador, England, Equatorial Guinea, Eritrea, Estonia, Eswatini, Ethiopia, Fiji, Finland,
    France, Gabon, Gambia, Georgia, Germany, Ghana, Greece, Grenada, Guatemala, Guinea,
    Guinea-Bissau, Guyana, Haiti, Honduras, Hungary, Iceland, India, Indonesia, Iran, Iraq,
    Ireland, Northern Ireland, Israel, Italy, Ivory Coast, Jamaica, Japan, Jordan, Kazakhstan,
    Kenya, Kiribati, Korea, North Korea, South Korea, Kosovo, Kuwait, Kyrgyzstan, Laos,
    Latvia, Lebanon, Lesotho, Liberia, Libya, Liechtenstein, Lithuania, Luxembourg,
    Madagascar, Malawi, Malaysia, Maldives, Mali, Malta, Mauritania, Mauritius, Mexico,
    Micronesia, Moldova, Monaco, Mongolia, Montenegro, Morocco, Mozambique, Myanmar, Namibia,
    Nauru, Nepal, Netherlands, Holland, New Zealand, Nicaragua, Niger, Nigeria, North
    Macedonia, Macedonia, Norway, Oman, Pakistan, Palau, Palestine, Panama, Papua New Guinea,
    Paraguay, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russia, Russian Federation,
    Rwanda, Samoa, San Marino, Saudi Arabia, Scotland, Senegal, Serbia, Seychelles, Sierra
    Leone, Singapore, Slovakia, Slovenia, Solomon Islands, Somalia, South Africa, South Sudan,
    Soviet Union, Spain, Sri Lanka, Sudan, Suriname, Sweden, Switzerland, Syria, Taiwan,
    Tajikistan, Tanzania, Thailand, Togo, Tonga, Trinidad and Tobago, Tunisia, Turkey,
    Türkiye, Turkmenistan, Tuvalu, Uganda, UK, Ukraine, United Arab Emirates, UAE, United
    Kingdom, UK, US, USA, United States, United States of America, America, Uruguay,
    Uzbekistan, Vanuatu, Vatican, Venezuela, Vietnam, Wales, Yemen, Zambia, Zimbabwe, Africa,
    Asia, Europe, European Union, EU, Middle East, West, Western, North America, South
    America, Latin America, United Nations, UN, Afghan, African, Albanian, Algerian, American,
    Angolan, Arab, Argentine, Argentinian, Armenian, Asian, Australian, Austrian, Azerbaijani,
    Azeri, Bahraini, Bangladeshi, Belarusian, Belgian, Bolivian, Bosnian, Brazilian, British,
    Bulgarian, Burkinabe, Burmese, Cambodian, Cameroonian, Canadian, Catholic, Chadian,
    Chilean, Chinese, Colombian, Congolese, Croatian, Cuban, Cypriot, Czech, Danish, Dane,
    Dominican, Dutch, Ecuadorian, Egyptian, Emirati, English, Eritrean, Estonian, Ethiopian,
    European, Filipino, Finnish, Finn, French, Gambian, Georgian, German, Ghanaian, Greek,
    Guatemalan, Guinean, Guyanese, Haitian, Honduran, Hungarian, Icelandic, Indian,
    Indonesian, Iranian, Iraqi, Irish, Islamic, Israeli, Italian, Ivorian, Jamaican, Japanese,
    Jewish, Jordanian, Kazakh, Kenyan, Korean, North Korean, South Korean, Kosovar, Kuwaiti,
    Kyrgyz, Laotian, Latvian, Lebanese, Liberian, Libyan, Lithuanian, Macedonian, Malaysian,
    Malian, Maltese, Mauritanian, Mexican, Moldovan, Mongolian, Montenegrin, Moroccan,
    Mozambican, Muslim, Namibian, Nepali, Nicaraguan, Nigerian, Nigerien, Norwegian, Omani,
    Pakistani, Palestinian, Panamanian, Paraguayan, Peruvian, Philippine, Pole, Polish,
    Portuguese, Qatari, Romanian, Russian, Rwandan, Salvadoran, Saudi, Scot, Scottish,
    Senegalese, Serb, Serbian, Singaporean, Slovak, Slovenian, Somali, South African, South
    Sudanese, Soviet, Spanish, Spaniard, Sri Lankan, Sudanese, Swede, Swedish, Swiss, Syrian,
    Taiwanese, Tajik, Tanzanian, Thai, Togolese, Tunisian, Turk, Turkish, Turkmen, Ugandan,
    Ukrainian, Uruguayan, Uzbek, Venezuelan, Vietnamese, Welsh, Yemeni, Zambian, Zimbabwean
""")

_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "de": _names("""
        Ägypten, Albanien, Algerien, Amerika, Amerikaner, Argentinien, Armenien,
        Aserbaidschan, Asien, Äthiopien, Australien, Belarus, Belgien, Bosnien, Brasilien,
        Bulgarien, Chinesen, Dänemark, Deutsche, Deutscher, Deutschen, Deutschland, Estland,
        Europa, Europäer, Europäische Union, Europäischen Union, Finnland, Frankreich,
        Franzosen, Georgien, Griechenland, Großbritannien, Indien, Indonesien, Irak, Irland,
        Israelis, Italien, Italiener, Jemen, Jordanien, Kanada, Kasachstan, Katar, Kolumbien,
        Kroatien, Kuba, Lettland, Libanon, Libyen, Litauen, Luxemburg, Marokko, Mexiko,
        Moldau, Niederlande, Nordkorea, Norwegen, Österreich, Österreicher, Palästinenser,
        Philippinen, Polen, Rumänien, Russen, Russland, Saudi-Arabien, Schweden, Schweiz,
        Schweizer, Serbien, Slowakei, Slowenien, Spanien, Südafrika, Südkorea, Syrien,
        Tschechien, Tunesien, Türkei, Türken, Ungarn, USA, Usbekistan, Vereinigte Staaten,
        Vereinten Nationen, Ukrainer, Zypern
    """),
    "es": _names("""
        Alemania, Argelia, Arabia Saudí, Azerbaiyán, Bélgica, Bielorrusia, Brasil, Camerún,
        Canadá, Corea del Norte, Corea del Sur, Croacia, Dinamarca, EEUU, Egipto, Emiratos
        Árabes Unidos, Eslovaquia, Eslovenia, España, Estados Unidos, Europa, Filipinas,
        Finlandia, Francia, Grecia, Hungría, Inglaterra, Irak, Irán, Irlanda, Italia, Japón,
        Jordania, Kazajistán, Letonia, Líbano, Libia, Lituania, Marruecos, México, Moldavia,
        Noruega, Países Bajos, Perú, Polonia, Reino Unido, República Checa, Rumanía, Rusia,
        Siria, Sudáfrica, Suecia, Suiza, Túnez, Turquía, Ucrania, UE, Unión Europea, ONU
    """),
    "fr": _names("""
        Afrique, Algérie, Allemagne, Allemands, Américains, Amérique, Angleterre, Arabie
        saoudite, Argentine, Arménie, Asie, Australie, Autriche, Azerbaïdjan, Belgique,
        Biélorussie, Brésil, Britanniques, Bulgarie, Cameroun, Chine, Chinois, Colombie, Corée
        du Nord, Corée du Sud, Croatie, Danemark, Égypte, Émirats arabes unis, Espagne,
        Estonie, États-Unis, Éthiopie, Européens, Finlande, Français, Géorgie,
        Grande-Bretagne, Grèce, Hongrie, Inde, Indonésie, Irak, Irlande, Israéliens, Italie,
        Japon, Jordanie, Kazakhstan, Lettonie, Liban, Libye, Lituanie, Maroc, Mexique,
        Moldavie, Norvège, Nouvelle-Zélande, ONU, Ouzbékistan, Palestiniens, Pays-Bas,
        Pologne, Portugal, République tchèque, Roumanie, Royaume-Uni, Russes, Russie, Serbie,
        Slovaquie, Slovénie, Suède, Suisse, Syrie, Tchad, Tchéquie, Tunisie, Turquie, UE,
        Ukrainiens, Union européenne
    """),
    "it": _names("""
        Albania, Algeria, Arabia Saudita, Azerbaigian, Belgio, Bielorussia, Brasile, Cina,
        Corea del Nord, Corea del Sud, Croazia, Danimarca, Egitto, Emirati Arabi Uniti,
        Estonia, Europa, Filippine, Finlandia, Francia, Germania, Giappone, Giordania, Gran
        Bretagna, Grecia, Inghilterra, Irlanda, Israele, Italia, Kazakistan, Lettonia, Libano,
        Libia, Lituania, Marocco, Messico, Moldavia, Norvegia, ONU, Paesi Bassi, Polonia,
        Portogallo, Regno Unito, Repubblica Ceca, Romania, Russia, Siria, Slovacchia, Spagna,
        Stati Uniti, Sudafrica, Svezia, Svizzera, Tunisia, Turchia, UE, Ucraina, Ungheria,
        Unione Europea
    """),
    "nl": _names("""
        Amerika, Amerikaanse, Armenië, Azerbeidzjan, België, Belgische, Brazilië, Britse,
        Bulgarije, Chinese, Denemarken, Duitse, Duitsland, Egypte, Engeland, Estland, Europa,
        Europese, Europese Unie, Filipijnen, Finland, Franse, Frankrijk, Georgië, Griekenland,
        Groot-Brittannië, Hongarije, Ierland, Indonesië, Israëlische, Italiaanse, Italië,
        Japanse, Jordanië, Kroatië, Letland, Libanon, Libië, Litouwen, Marokko, Moldavië,
        Nederland, Nederlandse, Noord-Korea, Noorwegen, Oekraïense, Oekraïne, Oostenrijk,
        Palestijnse, Polen, Roemenië, Rusland, Russische, Saoedi-Arabië, Servië, Slovenië,
        Slowakije, Spaanse, Spanje, Syrië, Tsjechië, Tunesië, Turkije, Turkse, VN, VS,
        Verenigde Staten, Verenigd Koninkrijk, Zuid-Afrika, Zuid-Korea, Zweden, Zwitserland
    """),
    "pl": _names("""
        Algieria, Amerykanie, Arabia Saudyjska, Armenia, Austria, Azerbejdżan, Belgia,
        Białoruś, Brazylia, Bułgaria, Chiny, Chorwacja, Czechy, Dania, Egipt, Estonia, Europa,
        Finlandia, Francja, Grecja, Gruzja, Hiszpania, Holandia, Indie, Irak, Iran, Irlandia,
        Izrael, Japonia, Kanada, Kazachstan, Korea Północna, Korea Południowa, Liban, Litwa,
        Łotwa, Meksyk, Mołdawia, Niemcy, Norwegia, ONZ, Polacy, Polska, Polski, Polsce,
        Portugalia, Rosja, Rosji, Rosjanie, Rumunia, Serbia, Słowacja, Słowenia, Stany
        Zjednoczone, Syria, Szwajcaria, Szwecja, Turcja, UE, Ukraina, Ukrainy, Unia
        Europejska, Węgry, Wielka Brytania, Włochy
    """),
    "pt": _names("""
        Alemanha, Angola, Arábia Saudita, Argélia, Arménia, Azerbaijão, Bélgica, Bielorrússia,
        Brasil, Bulgária, Camarões, Canadá, China, Colômbia, Coreia do Norte, Coreia do Sul,
        Croácia, Dinamarca, Egito, Eslováquia, Eslovénia, Espanha, Estados Unidos, EUA,
        Europa, Filipinas, Finlândia, França, Grécia, Hungria, Índia, Inglaterra, Irão,
        Iraque, Irlanda, Itália, Japão, Letónia, Líbano, Líbia, Lituânia, Marrocos, México,
        Moçambique, Moldávia, Noruega, ONU, Países Baixos, Polónia, Portugal, Reino Unido,
        Roménia, Rússia, Síria, Suécia, Suíça, Tunísia, Turquia, UE, Ucrânia, União Europeia
    """),
    "ru": _names("""
        Азербайджан, Азия, Алжир, Америка, Англия, Армения, Африка, Белоруссия, Беларусь,
        Болгария, Бразилия, Великобритания, Венгрия, Германия, Греция, Грузия, Европа, ЕС,
        Евросоюз, Египет, Израиль, Индия, Ирак, Иран, Испания, Италия, Казахстан, Канада,
        Киргизия, Китай, КНДР, Латвия, Ливан, Литва, Молдавия, Молдова, Норвегия, ООН, Польша,
        Россия, РФ, Румыния, Сербия, Сирия, Соединенные Штаты, СССР, США, Таджикистан, Турция,
        Узбекистан, Украина, Финляндия, Франция, Чехия, Швейцария, Швеция, Эстония, Япония
    """),
}

OFFICES: Final = _names("""
    Ambassador, Army, Cabinet, Captain, Chair, Chairman, Chancellor, Chief, Colonel,
    Commander, Commission, Commissioner, Congress, Constitution, Council, Court, Defence,
    Defense, Deputy, Director, Foreign, General, Government, Governor, House, Interior, Judge,
    Justice, King, Leader, Lieutenant, Major, Mayor, Member, Minister, Ministry, MP, Office,
    Parliament, Police, Pope, President, Presidential, Prime, Prince, Princess, Queen,
    Republic, Secretary, Senate, Senator, Speaker, Spokesman, Spokesperson, Spokeswoman,
    State, Supreme, Vice
""")

# Of the names above those that are no country: two of them, or one with a country, tell little.
REGIONS: Final = _names("""
    Africa, African, Arab, Asia, Asian, Catholic, English, Europe, European, Islamic, Jewish,
    Latin America, Middle East, Muslim, North America, South America, Soviet, Soviet Union, UN,
    United Nations, West, Western
""")

# Countries that go by names with different beginnings.
ALIASES: Final = (
    ("United States", "US", "USA", "United States of America", "America", "American",
     "Vereinigte Staaten", "Amerika", "Amerikaner", "Estados Unidos", "EEUU", "EUA", "États-Unis",
     "Américains", "Stati Uniti", "VS", "Verenigde Staten", "США", "Stany Zjednoczone"),
    ("United Kingdom", "UK", "Britain", "Great Britain", "British", "Großbritannien",
     "Grande-Bretagne", "Royaume-Uni", "Reino Unido", "Gran Bretagna", "Regno Unito"),
    ("European Union", "EU", "UE", "Europäische Union", "Europäischen Union", "Union européenne",
     "Unión Europea", "Unione Europea", "União Europeia", "ЕС", "Евросоюз"),
    ("Netherlands", "Holland", "Dutch"),
    ("Democratic Republic of the Congo", "Republic of the Congo", "Congo", "Congolese", "DRC"),
    ("France", "French"), ("Myanmar", "Burma", "Burmese"), ("Turkey", "Türkiye"),
)  # fmt: skip

# Words of many names: two of them may share one and nothing else ("New York", "New Delhi").
WIDE: Final = _names("""
    Air, Association, Bank, Bay, Central, City, Committee, County, Day, East, Eastern, Federal,
    First, Great, International, Island, Lake, Los, National, New, North, Northern, Party, Port,
    River, Saint, San, South, Southern, Street, University, West, Western, World
""")


def country_names(language: str) -> tuple[str, ...]:
    """Return the names of countries and peoples a newspaper in that language writes."""
    return _ENGLISH + _OTHERS.get(language, ())
