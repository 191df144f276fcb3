"""The commands, and what they say when an operator errs."""

import json
import os
import pty
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator import console
from aggregator.cli import main
from aggregator.store.engine import hold
from tests.aggregator.commands import COMMAND, Paper, call, no_traceback

COMMANDS = ("init", "check", "build", "run", "serve", "publish", "status", "demo")
HEADING = ["source", "state", "entries", "new", "last", "success", "next", "turn", "because", "of"]
MANNERS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """A paper with a good source and one whose file is not there."""
    paper = Paper(folder=tmp_path)
    address = paper.feed("courier", "Interest rate lowered", "Inflation fell")
    paper.write(f"name: Courier, feed: '{address}'", "name: Lost Gazette, feed: 'file:lost.xml'")
    return paper


# Help


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_shows_examples(command: str) -> None:
    said = call(*filter(None, [command]), "--help")
    assert said.exit_code == 0
    assert re.search(rf"Examples:\n\s+.*broadsheet {command}", said.stdout)


def test_the_list_of_commands_is_cut_nowhere() -> None:
    said = call("--help", COLUMNS="80").stdout.partition("Commands:")[2]
    assert all(f"\n  {command} " in said for command in COMMANDS)
    assert "..." not in said


# init and check


def test_a_paper_just_begun_is_all_right(tmp_path: Path) -> None:
    begun = call("init", str(tmp_path / "my paper"))
    assert begun.exit_code == 0
    assert "broadsheet check && broadsheet build" in begun.stdout
    checked = call("check", "--config", str(tmp_path / "my paper"))
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "sources.yaml is all right: 3 sources (0 switched off), 3 sections" in checked.stdout


def test_init_refuses_to_overwrite(tmp_path: Path) -> None:
    call("init", str(tmp_path))
    mine = tmp_path / "config" / "sources.yaml"
    mine.write_text("mine", "utf-8")
    said = call("init", str(tmp_path))
    assert said.exit_code == 2
    assert "is there already; nothing was written" in said.stderr
    assert mine.read_text("utf-8") == "mine"


def test_every_mistake_is_shown_with_its_line_and_cure(paper: Paper) -> None:
    paper.write("name: A, feed: 'https://a.example/', evry: 30m", "name: B")
    said = paper.call("check")
    assert (said.exit_code, said.stdout) == (2, "")
    assert re.search(r"^sources\.yaml:4: .*evry.*every", said.stderr, re.MULTILINE)
    assert re.search(r"^sources\.yaml:5: .*feed", said.stderr, re.MULTILINE)


def test_mistakes_come_as_json_too(paper: Paper) -> None:
    assert json.loads(paper.call("check", "--json").stdout) == []
    paper.write("name: A, feed: 'https://a.example/', evry: 30m")
    said = paper.call("check", "--json")
    (problem,) = json.loads(said.stdout)
    assert said.exit_code == 2
    assert problem["line"] == 4
    assert problem.keys() == {"file", "line", "key", "problem", "hint"}


# build, publish and status


def test_a_paper_comes_out_whatever_single_sources_do(paper: Paper) -> None:
    said = paper.call("build")
    assert (said.exit_code, said.stderr) == (0, "")
    lost = paper.folder / "config" / "lost.xml"
    assert f"failed Lost Gazette: cannot read {lost}: no such file" in said.stdout
    assert "2 sources asked, 1 failed; 2 new articles, 0 changed;" in said.stdout
    assert "world/atom.xml" in paper.files()


def test_a_build_asks_who_is_due_and_with_all_everybody(paper: Paper) -> None:
    paper.call("build")
    assert "0 sources asked, 0 failed; 0 new articles" in paper.call("build").stdout
    assert "2 sources asked, 1 failed; 0 new articles" in paper.call("build", "--all").stdout


def test_a_build_says_the_same_in_json(paper: Paper) -> None:
    said = paper.call("build", "--json", FORCE_COLOR="1", COLUMNS="20")
    told = json.loads(said.stdout)
    by_name = {source["name"]: source for source in told["sources"]}
    assert by_name["Courier"]["new"] == 2
    assert by_name["Courier"]["error"] is None
    assert "no such file" in by_name["Lost Gazette"]["error"]
    assert told["written"] == len(paper.files())


def test_without_any_paper_a_build_says_what_the_sources_said(paper: Paper) -> None:
    paper.write("name: Lost Gazette, feed: 'file:lost.xml'")
    said = paper.call("build")
    assert said.exit_code == 3
    assert "failed Lost Gazette: cannot read" in said.stdout
    assert said.stderr.strip() == ("there is no paper to print: no source has given an article yet")
    again = paper.call("build", "--all", "--json")
    assert again.exit_code == 3
    assert json.loads(again.stdout)["sources"][0]["name"] == "Lost Gazette"


def test_publishing_needs_no_network_and_gives_the_same_bytes(paper: Paper) -> None:
    paper.call("build")
    before = paper.files()
    (paper.folder / "config" / "courier.xml").unlink()
    (paper.output / "index.html").unlink()
    said = paper.call("publish")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout == f"1 file written, {len(before) - 1} as they were\n"
    assert paper.files() == before


def test_places_come_from_the_environment_too(paper: Paper) -> None:
    said = call(
        "build",
        BROADSHEET_CONFIG=str(paper.folder / "config"),
        BROADSHEET_STATE=str(paper.folder / "s"),
        BROADSHEET_OUTPUT=str(paper.folder / "o"),
        BROADSHEET_DATABASE_URL=f"sqlite:///{paper.folder / 'kept.db'}",
    )
    assert said.exit_code == 0
    assert (paper.folder / "kept.db").exists()
    assert (paper.folder / "o" / "index.html").exists()
    assert not (paper.folder / "s" / "broadsheet.db").exists()


def test_status_before_the_first_build_makes_nothing(paper: Paper) -> None:
    assert {row["state"] for row in paper.status().values()} == {"new"}
    assert not (paper.folder / "state").exists()


def test_status_tells_how_each_source_is(paper: Paper) -> None:
    paper.call("build")
    rows = paper.status()
    good, lost = rows["courier"], rows["lost-gazette"]
    assert good["name"] == "Courier"
    assert str(good["feed"]).startswith("file:///")
    assert (good["state"], good["entries"], good["new"]) == ("ok", 2, 2)
    assert good["error"] is None
    assert str(good["last_success"]) < str(good["next_fetch"])
    assert lost["state"] not in {"ok", "new", "off"}
    assert (lost["entries"], lost["last_success"]) == (0, None)
    assert "no such file" in str(lost["error"])
    assert (good["why"], lost["why"]) == ("its rhythm", "back-off")
    said = paper.call("status")
    assert (said.exit_code, said.stderr) == (0, "")
    heading, courier, gazette, error, cure = said.stdout.splitlines()
    assert heading.split() == HEADING
    assert re.fullmatch(
        r"Courier +ok +2 +2 +just now +in \d+ (min|h) +(every|its rhythm) *", courier
    )
    assert re.fullmatch(r"Lost Gazette +\w+ +0 +0 +never +in \d+ (min|h) +back-off *", gazette)
    assert error.startswith("Lost Gazette: cannot read ")
    assert cure.strip() == lost["cure"] != ""
    assert (good["cure"], good["moved_to"], good["advertised"]) == ("", None, None)


NAME = "The [red]Gazette[/red] of :smile: Արաքս " + "and so on " * 20


def test_status_shows_whose_turn_it_is_and_who_has_none(paper: Paper) -> None:
    paper.write("name: New, feed: 'file:a.xml'", "name: Off, feed: 'file:b.xml', enabled: false")
    _, new, off = paper.call("status").stdout.splitlines()
    assert new.split() == ["New", "new", "0", "0", "never", "due"]
    assert off.split() == ["Off", "off", "0", "0", "never", "-"]


def test_json_is_nothing_but_json(paper: Paper) -> None:
    paper.write(f"name: '{NAME}', id: long, feed: 'file:{'x' * 200}.xml'")
    paper.call("build")
    (row,) = paper.status().values()
    assert row["name"] == NAME.strip()
    colourful = paper.call("status", "--json", FORCE_COLOR="1", COLUMNS="20")
    assert json.loads(colourful.stdout) == [row]


def test_names_are_printed_as_they_are(paper: Paper) -> None:
    paper.write(f"name: '{NAME}', id: long, feed: 'file:nothing.xml'")
    said = paper.call("build")
    assert f"failed {NAME.strip()}: cannot read" in said.stdout
    assert NAME.strip() in paper.call("status").stdout


def test_letters_the_terminal_does_not_know_are_spelt_out(paper: Paper) -> None:
    paper.write(f"name: '{NAME}', id: long, feed: 'file:nothing.xml'")
    said = CliRunner(charset="ascii").invoke(main, ["status", *paper.places])
    assert said.exit_code == 0
    assert r"of :smile: \u0531\u0580\u0561\u0584\u057d" in said.stdout


def test_a_narrow_terminal_cuts_names_and_nothing_else(paper: Paper) -> None:
    paper.write(f"name: '{'Gazette ' * 9}', id: long, feed: 'file:nothing.xml'")
    paper.call("build")
    said = paper.call("status", FORCE_COLOR="1", COLUMNS="30").stdout
    heading, row, error, _ = MANNERS.sub("", said).splitlines()
    assert heading.split() == HEADING
    assert re.fullmatch(r"Gazette Gaz…  \w+ +0 +0  never +in \d+ (min|h) +back-off *", row)
    assert error.startswith("Gazette Gazette")


def test_words_of_others_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_error("a\x1b[2J\rb [bold]c\nd")
    assert capsys.readouterr().err == "a�[2J�b [bold]c\nd\n"


# Mistakes of an operator


def refused(said: Result, code: int, *words: str) -> None:
    assert said.exit_code == code, said.output
    assert all(word in said.stderr for word in words), said.stderr
    assert no_traceback([said.output])


@pytest.mark.parametrize("command", ["build", "publish"])
def test_a_state_or_output_that_is_a_file_is_refused(paper: Paper, command: str) -> None:
    file = paper.folder / "file"
    file.touch()
    refused(paper.call(command, f"--state={file}"), 2, "--state", "is a file")
    refused(paper.call(command, f"--output={file}"), 2, "--output", "is a file")
    refused(paper.call(command, f"--state={file}/x"), 3, "state folder", "Not a directory")


def test_an_output_that_cannot_be_written_is_named(paper: Paper) -> None:
    blocked = paper.folder / "config" / "courier.xml" / "public"
    refused(paper.call("build", f"--output={blocked}"), 3, str(blocked), "a file is where")
    assert "2 sources asked" in paper.call("build", "--all").stdout


@pytest.mark.parametrize("command", ["check", "build", "run", "publish", "status"])
def test_a_configuration_that_is_not_there_is_named(tmp_path: Path, command: str) -> None:
    said = call(command, f"--config={tmp_path / 'nowhere'}")
    refused(said, 2, "sources.yaml: is missing", "nowhere", "`broadsheet init`")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is not the URL of a database"),
        ("postgresql://me:secret@host:port/paper", "is not the URL of a database"),
        ("mysql://me:secret@host/paper", "such as sqlite:////srv/paper.db or postgresql://"),
        ("mongodb://me:secret@host/paper", "names a database we cannot use"),
        ("sqlite+aiosqlite:///x.db", "names a database we cannot use"),
    ],
)
@pytest.mark.parametrize("command", ["build", "status"])
def test_a_database_that_is_none_is_refused(
    paper: Paper,
    command: str,
    url: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    said = paper.call(command, BROADSHEET_DATABASE_URL=url)
    refused(said, 2, "BROADSHEET_DATABASE_URL or --database-url", words)
    assert "secret" not in said.output


@pytest.mark.skipif(find_spec("psycopg") is not None, reason="the driver is installed")
@pytest.mark.parametrize("command", ["publish", "status"])
def test_postgresql_without_its_driver_says_what_to_install(paper: Paper, command: str) -> None:
    said = paper.call(command, "--database-url=postgresql://me:secret@localhost/paper")
    refused(said, 2, "pip install 'psycopg[binary]'")
    assert "secret" not in said.output


@pytest.mark.parametrize("command", ["build", "publish", "status"])
def test_a_database_of_random_bytes_is_named_and_left_alone(paper: Paper, command: str) -> None:
    database = paper.folder / "state" / "broadsheet.db"
    database.parent.mkdir()
    noise = bytes(range(256)) * 32
    database.write_bytes(noise)
    refused(paper.call(command), 3, "file is not a database", "move it away to begin anew")
    assert database.read_bytes() == noise


@pytest.mark.parametrize("command", ["build", "publish", "status"])
def test_a_database_torn_in_its_middle_is_named(paper: Paper, command: str) -> None:
    paper.call("build")
    database = paper.folder / "state" / "broadsheet.db"
    body = database.read_bytes()
    database.write_bytes(body[:4096] + b"\xa5" * (len(body) - 4096))
    for beside in ("-wal", "-shm"):
        Path(f"{database}{beside}").unlink(missing_ok=True)
    refused(paper.call(command), 3, "malformed", "bring back a copy")


@pytest.mark.parametrize("command", ["build", "publish"])
def test_a_database_of_a_newer_broadsheet_is_left_alone(paper: Paper, command: str) -> None:
    paper.call("build")
    with closing(sqlite3.connect(paper.folder / "state" / "broadsheet.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    refused(paper.call(command), 3, "was made by a newer Broadsheet")


def test_an_empty_database_is_as_good_as_none(paper: Paper) -> None:
    (paper.folder / "state").mkdir()
    (paper.folder / "state" / "broadsheet.db").touch()
    assert {row["state"] for row in paper.status().values()} == {"new"}
    assert paper.call("build").exit_code == 0


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_refused(paper: Paper, port: str) -> None:
    refused(paper.call("run", f"--port={port}"), 2, "--port")
    refused(call("demo", f"--port={port}"), 2, "--port")


@pytest.mark.parametrize("command", ["build", "publish"])
def test_a_state_in_use_is_left_alone_but_can_be_looked_at(paper: Paper, command: str) -> None:
    paper.call("build")
    with hold(paper.folder / "state"):
        held = f"another Broadsheet (process {os.getpid()}) is at work on"
        refused(paper.call(command), 75, held, "--state")
        assert paper.status()["courier"]["entries"] == 2


# Pipes, terminals and signals: in a process of its own


def test_a_reader_that_hangs_up_ends_us_quietly(paper: Paper) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as deaf:  # noqa: PTH123 -- a descriptor has no Path
        said = subprocess.run(
            [*COMMAND, "status", *paper.places],
            check=False,
            stdout=deaf,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert "Traceback" not in said.stderr


def test_a_report_that_fits_on_no_disk_is_an_error_in_words(paper: Paper) -> None:
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            [*COMMAND, "build", *paper.places],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert said.returncode == 3
    assert said.stderr.startswith("cannot write: No space left on device")
    assert no_traceback([said.stderr])
    assert (paper.output / "index.html").exists()


def test_ctrl_c_ends_a_build_without_a_traceback(paper: Paper) -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow:
        port = slow.getsockname()[1]
        paper.write(
            f"name: Slow, feed: 'http://127.0.0.1:{port}/'", site=", allow_networks: [127.0.0.1/32]"
        )
        # Who started the tests may have Python ignore Ctrl-C; an operator's shell does not.
        heeding = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from aggregator.cli import main; main()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", heeding, "build", *paper.places],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as build:
            asking, _ = slow.accept()
            with asking:
                asking.recv(1)
                build.send_signal(signal.SIGINT)
                told, said = build.communicate(timeout=10)
    assert build.returncode == 130
    assert (told, said) == ("", "interrupted; what was kept so far stays\n")


def test_on_a_terminal_a_bar_moves_beside_pure_json(paper: Paper) -> None:
    theirs, ours = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "build", "--json", *paper.places],
        stdout=subprocess.PIPE,
        stderr=ours,
        text=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as build:
        os.close(ours)
        shown = _all_of(theirs)
        told, _ = build.communicate()
    assert json.loads(told)["written"] > 0
    assert "pulling" in shown
    assert "1/2 " in shown
    assert "printing" in shown


def _all_of(terminal: int) -> str:
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # how a terminal says that the other end is closed
        pass
    finally:
        os.close(terminal)
    return MANNERS.sub("", shown.decode())


def test_the_paper_published_here_is_no_source_of_itself(paper: Paper) -> None:
    paper.write(f"name: Us, feed: 'file:{paper.folder / 'public' / 'atom.xml'}'")
    said = paper.call("build", "--output", str(paper.folder / "public"))
    assert said.exit_code == 2
    assert "sources[0].feed: is our own output: it lies in the folder we publish in" in said.stderr


@pytest.mark.parametrize("command", ["build", "status"])
def test_a_program_is_told_in_json_why_nothing_came_of_it(paper: Paper, command: str) -> None:
    paper.write("name: A, feed: 'https://a.example/', evry: 30m")
    said = paper.call(command, "--json")
    told = json.loads(said.stdout)
    assert said.exit_code == 2
    assert "unknown key" in told["error"]
    assert told["problems"][0]["line"] == 4
