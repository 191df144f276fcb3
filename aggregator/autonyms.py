"""Languages as their readers call them."""

from collections.abc import Mapping
from typing import Final

# The languages the embedding has learnt, as their readers call them. To it all others are alike.
TONGUES: Final[Mapping[str, str]] = {
    "ar": "العربية", "de": "Deutsch", "en": "English", "es": "Español", "fr": "Français",
    "it": "Italiano", "ja": "日本語", "ko": "한국어", "nl": "Nederlands", "pl": "Polski",
    "pt": "Português", "ru": "Русский", "th": "ไทย", "tr": "Türkçe", "zh": "中文",
}  # fmt: skip
