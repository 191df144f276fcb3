"""The optional detector of languages. The extra `lang` brings it."""

from functools import cache
from importlib import util
from typing import Final

from aggregator.log import Log
from aggregator.spoken import Detect, Guess

PACKAGE: Final = "py3langid"
INSTALL: Final = "pip install 'broadsheet[lang]'"

_log = Log(__name__)


def is_installed() -> bool:
    """Say whether the extra is there."""
    return util.find_spec("py3langid") is not None


@cache
def opened() -> Detect | None:
    """Return the detector, loaded when it is first used; None where it is not installed."""
    if not is_installed():
        _log.warning("languages are not detected", why=f"{PACKAGE} is not there", cure=INSTALL)
        return None
    from py3langid import langid  # noqa: PLC0415 -- loads numpy; most papers do without

    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)

    def detect(text: str) -> Guess:
        language, sure = model.classify(text)
        return Guess(language=language, sure=sure)

    return detect
