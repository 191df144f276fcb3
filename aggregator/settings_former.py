"""Former slugs: `formerly:` of sections and of feeds, held against the slugs there are."""

from collections.abc import Iterator, Mapping, Sequence

from aggregator.settings_draft import Draft, quoted
from aggregator.yamlmarks import Place
from feeds.errors import Problem


def former_problems(
    slugs: Mapping[Place, str], former: Mapping[Place, Sequence[str]], draft: Draft
) -> Iterator[Problem]:
    """Yield what is wrong with the `former` slugs of one kind, by the places of who had them.

    Who asks at a slug can be sent to one place: to what has it now, or to the one that had it.
    """
    now = {slug: place for place, slug in slugs.items()}
    first: dict[str, Place] = {}
    for place, names in former.items():
        for number, name in enumerate(names):
            at = (*place, "formerly", number)
            if name in now:
                problem = f"the slug {quoted(name)} is in use, in line {draft.line(now[name])}"
                yield draft.problem(at, problem, "what is in use has not moved: remove it here")
            elif name in first:
                line = draft.line(first[name])
                problem = f"{quoted(name)} is also what that of line {line} was formerly"
                yield draft.problem(at, problem, "readers can be sent to one of them: choose")
            else:
                first[name] = place
