"""The YAML reader: YAML 1.2 values, exact lines, and no way to hurt us."""

import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.yamlmarks import DEEPEST, LARGEST, read, read_file
from feeds.errors import SettingsError

QUOTE = " (within brackets, quote text that holds { } [ ] or a comma)"


def refusal(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(text, file="f.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("True", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("~", None),
        ("", None),
        ("null", None),
        ('""', ""),
        ("012", 12),
        ("+1", 1),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.INF", -math.inf),
        (".", "."),
        ("'12'", "12"),
        ('"true"', "true"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    document = read(f"key: {written}", file="f.yaml")
    assert document.value == {"key": value}
    assert isinstance(document.value, dict)
    assert type(document.value["key"]) is type(value)


def test_nan_is_a_number_that_is_none() -> None:
    document = read("- .nan", file="f.yaml")
    assert isinstance(document.value, list)
    assert math.isnan(document.value[0])


def test_every_member_knows_its_line() -> None:
    text = "a: 1\nb:\n  - x\n  - {c: 1,\n     d: [p,\n  q]}\n\ne: |\n  text\n\nf: 2\n"
    lines = read(text, file="f.yaml").lines
    assert lines[("a",)] == 1
    assert lines[("b",)] == 2
    assert lines["b", 0] == 3
    assert lines["b", 1] == 4
    assert lines["b", 1, "c"] == 4
    assert lines["b", 1, "d"] == 5
    assert lines["b", 1, "d", 0] == 5
    assert lines["b", 1, "d", 1] == 6
    assert lines[("e",)] == 8
    assert lines[("f",)] == 11


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_numbers_do_not_depend_on_how_lines_end(ending: str) -> None:
    text = ending.join(["\ufeffa: 1", "", "# ü", "b: [1,", "2]"])
    assert dict(read(text, file="f.yaml").lines) == {
        (): 1, ("a",): 1, ("b",): 4, ("b", 0): 4, ("b", 1): 5,
    }  # fmt: skip


def test_an_anchor_is_repeated_by_its_alias_and_points_to_where_it_was_written() -> None:
    document = read("a: &x\n  k: 1\nb: *x\n", file="f.yaml")
    assert document.value == {"a": {"k": 1}, "b": {"k": 1}}
    assert document.lines[("b",)] == 3
    assert document.lines["b", "k"] == 2


def test_keys_twice_and_tags_are_noted_together_and_the_rest_is_read() -> None:
    document = read("a: 1\nb: !!python/name:os.system x\na: 2\n", file="f.yaml")
    assert document.value == {"a": 1, "b": "x"}
    assert [str(problem) for problem in document.problems] == [
        (
            "f.yaml:2: the tag tag:yaml.org,2002:python/name:os.system is not allowed"
            " (remove it, or put the text in quotes)"
        ),
        'f.yaml:3: "a" is here twice (first in line 1)',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n  - name: X\n    fee", '3: a key without a colon: "fee" (write `key: value`)'),
        ("a:\n\tb: 1", '2: indented with a tab: "b: 1" (use spaces)'),
        ("a: x\n\tb: 1", '2: indented with a tab: "b: 1" (use spaces)'),
        ("a: @x", '1: text cannot begin with @: "a: @x" (put it in quotes)'),
        (
            "t: Europe: a union",
            (
                '1: a second colon, or a line indented too far: "t: Europe: a union"'
                " (put text that holds a colon in quotes)"
            ),
        ),
        (
            "b: 1\na: [1, 2\nc: 3",
            f'2: a [ that is not closed, or a comma missing: "a: [1, 2"{QUOTE}',
        ),
        ("b: 1\na: {k: 1", f'2: a {{ that is not closed, or a comma missing: "a: {{k: 1"{QUOTE}'),
        (
            "a: {k: ${B}}",
            f'1: a {{ that is not closed, or a comma missing: "a: {{k: ${{B}}}}"{QUOTE}',
        ),
        ("b: 1\na: 'x\nc: 1\n", '2: a quotation mark that is never closed: "a: \'x"'),
        (
            "a:\n  - b\n - c",
            (
                '3: this line does not line up with the keys above it: "- c"'
                " (give the keys of one block the same indentation)"
            ),
        ),
        ("a: 1\nb: *gone", "2: *gone has no anchor &gone above it"),
        ("a: &a [*a]", "1: *a has no anchor &a above it"),
        ("a: 1\n---\nb: 1", "2: a second document begins (remove the line `---`)"),
        ("a: 1\n? [b]\n: 2", "2: a key must be plain text"),
        ("a: &x {k: 1}\nb:\n  <<: *x", "3: << does not merge in YAML 1.2 (write the keys out)"),
        ("a: 1\nb: \x07", "2: holds the invisible character U+0007 (delete it)"),
        ("a: 1\r\nb: x\u2028y", "2: holds the invisible character U+2028 (delete it)"),
        ("a: \ud800", "1: holds the invisible character U+D800 (delete it)"),
    ],
)
def test_what_is_not_yaml_is_told_in_plain_words_with_its_line(text: str, told: str) -> None:
    assert refusal(text) == f"f.yaml:{told}"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_hundred_thousand_levels_are_refused_before_they_grow(opening: str) -> None:
    assert "nested too deeply" in refusal(opening * 100_000)


def test_thirty_two_levels_are_enough_and_allowed() -> None:
    assert read("[" * DEEPEST + "]" * DEEPEST, file="f.yaml").value


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{at}: &a{at} [{','.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 10)
    )
    assert "aliases repeat or nest too many values" in refusal(text)


def test_aliases_do_not_nest_deeper_than_brackets_may() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{at}: &a{at} [[*a{at - 1}]]\n" for at in range(1, 2000))
    assert "aliases repeat or nest too many values" in refusal(text)


def test_nothing_at_all_is_a_document_without_a_value() -> None:
    for text in ("", "\n\n", "# only a comment\n", "---\n"):
        assert read(text, file="f.yaml").value is None


def test_a_file_that_is_not_utf_8_is_told_with_byte_and_line(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: 1\r\nb: caf\xe9\n")
    with pytest.raises(SettingsError) as caught:
        read_file(path)
    told = "f.yaml:2: byte 13 of the file is not UTF-8 (save the file as UTF-8)"
    assert str(caught.value) == told


def test_a_file_that_cannot_be_had_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"is missing .*broadsheet init"):
        read_file(tmp_path / "gone.yaml")
    with pytest.raises(SettingsError, match=r"cannot be read: Is a directory"):
        read_file(tmp_path)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(SettingsError, match="larger than 16 MB"):
        read_file(large)


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_file(path) == "a: 1"


PIECES = st.lists(
    st.sampled_from(
        ["a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "&x ", "*x", "!t ", "|", ">", '"',
         "'", "#", "? ", "\t", "---\n", "...", "%", "\\", "<<", "1", "~", "\ufeff", "\x85", "é"]
    )
).map("".join)  # fmt: skip


@given(text=st.text() | PIECES)
@example(text="%YAML 1.3\n---\na: 1")
@example(text='"\\U00110000"')
def test_no_text_raises_anything_but_our_error(text: str) -> None:
    try:
        document = read(text, file="f.yaml")
    except SettingsError as error:
        count = len(text.splitlines()) + 1
        for problem in error.problems:
            assert problem.line is None or 1 <= problem.line <= count
            assert "\n" not in str(problem)
    else:
        assert () in document.lines or document.value is None
