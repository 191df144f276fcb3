"""config/theme/: the operator's own words, templates and style, read and tried out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aggregator.settings_draft import quoted
from aggregator.settings_words import closest, did_you_mean
from aggregator.yamlmarks import Document, read, read_file
from feeds.errors import Problem, SettingsError, ThemeError
from publisher.texts import parts_of, sentences
from publisher.theme import ROBOTS, STYLE, TEMPLATES, Theme

FOLDER: Final = "theme"
TEXTS: Final = "texts.yaml"
KNOWN: Final = (TEXTS, STYLE, ROBOTS, *TEMPLATES)


def theme(directory: Path) -> Theme:
    """Return the theme in a configuration's folder; a plain one where there is none.

    Every template is tried out on sample pages. Raises SettingsError with all problems at once.
    """
    folder = directory / FOLDER
    if not folder.is_dir():
        return Theme()
    names = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    problems = [_stranger(name) for name in names if name not in KNOWN]
    said: dict[str, str] = {}
    texts: tuple[tuple[str, str], ...] = ()
    for name in (name for name in names if name in KNOWN):
        try:
            said[name] = read_file(folder / name)
            if name == TEXTS:
                texts = _texts(said[name])
        except SettingsError as error:
            problems.extend(error.problems)
    templates = tuple((name, said[name]) for name in TEMPLATES if name in said)
    made = Theme(texts=texts, templates=templates, style=said.get(STYLE), robots=said.get(ROBOTS))
    from publisher import trial  # noqa: PLC0415 -- most papers are plain, and need not wait for it

    try:
        trial.print_samples(made)
    except ThemeError as error:
        problems.append(
            Problem(file=f"{FOLDER}/{error.template}", line=error.line, problem=error.problem)
        )
    if problems:
        raise SettingsError(tuple(problems))
    return made


def _texts(text: str) -> tuple[tuple[str, str], ...]:
    """Return the sentences of texts.yaml with what is said instead."""
    file = f"{FOLDER}/{TEXTS}"
    document = read(text, file=file)
    value = {} if document.value is None else document.value
    if not isinstance(value, dict):
        shape = Problem(file=file, problem="must be a map", hint='write "More": "Read on"')
        raise SettingsError((shape,))
    problems = [*document.problems, *_mistakes(value, document, file)]
    if problems:
        raise SettingsError(tuple(problems))
    return tuple((sentence, said) for sentence, said in value.items() if isinstance(said, str))


def _mistakes(value: dict[str, object], document: Document, file: str) -> Iterator[Problem]:
    known = sentences()
    for sentence, said in value.items():
        line = document.lines.get((sentence,))
        if sentence not in known:
            meant = closest(sentence, tuple(sorted(known)))
            problem, hint = "is nothing we say", did_you_mean(meant)
        elif not isinstance(said, str) or not said.strip():
            problem, hint = "must be text", "put it in quotes"
        else:
            problem, hint = _misplaced(sentence, said)
        if problem:
            yield Problem(file=file, line=line, key=quoted(sentence), problem=problem, hint=hint)


def _misplaced(sentence: str, said: str) -> tuple[str, str]:
    """Return what is wrong with the braces of a sentence, if anything, and the cure."""
    allowed = ", ".join(f"{{{name}}}" for name in sorted(parts_of(sentence)))
    try:
        strange = parts_of(said) - parts_of(sentence)
    except ValueError:
        return "has a brace without its other", "write {{ and }} for braces that are read"
    if strange:
        return f"has {{{min(strange)}}}", f"it may have {allowed}" if allowed else "it has no parts"
    return "", ""


def _stranger(name: str) -> Problem:
    known = ", ".join(KNOWN)
    return Problem(
        file=f"{FOLDER}/{name}", problem="is no part of a theme", hint=f"it may have {known}"
    )
