import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import NotAFeedError, ParseError, ThrottledError
from feeds.sandbox import Limits, Sandbox

PID = "__import__('os').getpid()"
PATIENT = Limits(wall=timedelta(seconds=60))  # on a busy machine a quick answer takes a while
# Over half a second of processor time.
SPEND = "import time\nbegun = time.process_time()\nwhile time.process_time() < begun + 0.6: pass"
HASTY = Limits(wall=timedelta(seconds=0.3))
# Backtracks for longer than the universe lasts, and never lets another thread of its process run.
STUCK = "__import__('re').match('(a+)+$', 'a' * 60 + 'b')"


@pytest.fixture
def sandbox() -> Iterator[Sandbox[Any]]:
    with Sandbox(eval, workers=1, limits=PATIENT) as one:
        yield one


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(pid: int) -> None:
    """Return when the process has ended; the test's own timeout is the limit."""
    while is_running(pid):
        threading.Event().wait(0.01)


def test_the_work_is_done_in_another_process_which_is_used_again(sandbox: Sandbox[Any]) -> None:
    first = sandbox(PID)
    assert first != os.getpid()
    assert sandbox(PID) == first


def test_workers_started_beforehand_do_the_work_and_have_loaded_what_it_needs() -> None:
    with Sandbox(eval, limits=PATIENT, needs=("feeds.opml",)) as sandbox:
        sandbox.start()
        tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
        started = {int(pid) for task in tasks for pid in (task / "children").read_text().split()}
        assert sandbox(PID) in started
        assert sandbox("'feeds.opml' in __import__('sys').modules")


def test_what_its_parent_once_used_is_not_held_against_a_worker() -> None:
    ours = b"x" * 300_000_000
    with Sandbox(eval, workers=1, limits=Limits(grown=len(ours))) as sandbox:
        first = sandbox(PID)
        assert sandbox(PID) == first


def test_values_and_arguments_cross_whole(sandbox: Sandbox[Any]) -> None:
    big = b"x" * 3_000_000
    assert sandbox("(len(big), big, {'a': 1})", {"big": big}) == (len(big), big, {"a": 1})


def test_a_document_that_takes_too_long_is_an_error_and_the_next_one_is_read() -> None:
    with Sandbox(eval, workers=1, limits=HASTY) as sandbox:
        with pytest.raises(ParseError, match=r"longer than 0\.3 s"):
            sandbox(STUCK)
        with pytest.raises(ParseError, match=r"longer than 0\.3 s"):
            sandbox("__import__('time').sleep(60)")
    with Sandbox(eval, workers=1, limits=PATIENT) as sandbox:
        with pytest.raises(ParseError, match="status 7"):
            sandbox("__import__('os')._exit(7)")
        assert sandbox("6 * 7") == 42


def test_processor_time_is_limited() -> None:
    limits = Limits(wall=timedelta(seconds=60), cpu=timedelta(seconds=0.01))
    with (
        Sandbox(exec, workers=1, limits=limits) as sandbox,
        pytest.raises(ParseError, match=r"more than 0\.01 s of processor time"),
    ):
        sandbox("while True: pass")


def test_processor_time_is_granted_per_document_not_per_worker(sandbox: Sandbox[Any]) -> None:
    granted = "__import__('resource').getrlimit(__import__('resource').RLIMIT_CPU)[0]"
    before = sandbox(granted)
    for _ in range(2):
        sandbox("exec(code)", {"code": SPEND})
    assert sandbox(granted) > before


@pytest.mark.parametrize(
    ("work", "words"),
    [
        ("' ' * (1 << 34)", "more than 1024 MB of memory"),
        ("(lambda f: f(f))(lambda f: f(f))", "nested too deeply"),
        ("{}['links']", "KeyError: 'links'"),
        ("lambda: 0", "PicklingError"),
        ("__import__('sys').exit(3)", "status 3"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", "killed"),
        ("__import__('os').kill(__import__('os').getpid(), 11)", "signal 11"),
    ],
)
def test_whatever_goes_wrong_in_a_worker_is_a_parse_error_in_words(
    sandbox: Sandbox[Any], work: str, words: str
) -> None:
    with pytest.raises(ParseError, match=words):
        sandbox(work)
    assert sandbox("'still here'") == "still here"


def test_our_own_errors_come_back_as_they_are() -> None:
    with Sandbox(exec, workers=1, limits=PATIENT) as sandbox:
        with pytest.raises(NotAFeedError, match="an HTML page"):
            sandbox("from feeds.errors import *\nraise NotAFeedError('an HTML page')")
        with pytest.raises(ThrottledError, match="busy") as caught:
            sandbox(
                "from feeds.errors import *\nfrom datetime import timedelta\n"
                "raise ThrottledError('busy', status=429, retry_after=timedelta(5))"
            )
    assert (caught.value.status, caught.value.retry_after) == (429, timedelta(5))


def test_a_worker_cannot_write_files(sandbox: Sandbox[Any], tmp_path: Path) -> None:
    target = tmp_path / "planted"
    with pytest.raises(ParseError, match="File too large"):
        sandbox(f"__import__('pathlib').Path({str(target)!r}).write_text('x')")
    assert not target.exists() or target.read_text() == ""


def test_there_is_room_for_the_libraries_that_read_feeds(sandbox: Sandbox[Any]) -> None:
    libraries = "feedparser", "lxml.etree", "nh3", "dateutil.parser", "w3lib.url"
    assert sandbox(f"len([__import__(name) for name in {libraries!r}])") == len(libraries)


def test_a_worker_is_replaced_after_so_many_documents() -> None:
    limits = Limits(wall=timedelta(seconds=60), documents=2)
    with Sandbox(eval, workers=1, limits=limits) as sandbox:
        pids = [sandbox(PID) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_worker_that_has_grown_is_replaced() -> None:
    limits = Limits(wall=timedelta(seconds=60), grown=100_000_000)
    with Sandbox(eval, workers=1, limits=limits) as sandbox:
        before = sandbox(PID)
        assert sandbox("len(b'x' * 120_000_000)") == 120_000_000
        after = sandbox(PID)
    assert before != after


def test_documents_are_read_side_by_side_but_never_more_than_there_are_workers() -> None:
    with Sandbox(eval, workers=2, limits=PATIENT) as sandbox, ThreadPoolExecutor(6) as threads:
        pids = set(threads.map(sandbox, [f"({PID}, __import__('time').sleep(0.02))[0]"] * 24))
    assert len(pids) == 2


def test_closing_leaves_no_process_behind_even_at_work() -> None:
    sandbox = Sandbox(eval, workers=2, limits=PATIENT)
    failures: list[ParseError] = []

    def read() -> None:
        try:
            sandbox(STUCK)
        except ParseError as error:
            failures.append(error)

    pid = sandbox(PID)  # the one idle worker, which `read` will now keep busy
    reader = threading.Thread(target=read)
    reader.start()
    while not Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].startswith(" R"):
        threading.Event().wait(0.01)
    sandbox.close()
    reader.join()
    assert len(failures) == 1
    assert not is_running(pid)
    with pytest.raises(ParseError, match="closing"):
        sandbox("1")


@pytest.mark.parametrize("at_work", [STUCK, "__import__('time').sleep(600)"])
def test_no_worker_outlives_us_when_we_are_killed(at_work: str) -> None:
    program = (
        "from feeds.sandbox import Sandbox\n"
        "sandbox = Sandbox(eval, workers=1)\n"
        f"print(sandbox({PID!r}), flush=True)\n"
        f"sandbox({at_work!r})\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(worker)


def test_an_idle_worker_ends_with_a_program_that_forgets_to_close(tmp_path: Path) -> None:
    program = f"from feeds.sandbox import Sandbox\nprint(Sandbox(eval)({PID!r}))\n"
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    wait_until_gone(int(answer.stdout))


@pytest.mark.parametrize("name", ["program.py", "console-script"])
def test_the_main_program_runs_once_only(tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.write_text(
        "print('begun')\n"
        "from feeds.sandbox import Sandbox\n"
        "with Sandbox(eval) as sandbox: print(sandbox('1 + 1'))\n"
    )
    answer = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert answer.stdout.split() == ["begun", "2"]


def test_stopping_signals_are_for_us_to_act_on(sandbox: Sandbox[Any]) -> None:
    pid = sandbox(PID)
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)
    assert sandbox(PID) == pid


def test_a_worker_killed_between_documents_costs_none(sandbox: Sandbox[Any]) -> None:
    pid = sandbox(PID)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert sandbox(PID) != pid


def test_work_that_a_worker_could_not_import_is_refused_at_once() -> None:
    with pytest.raises(Exception, match="lambda"):
        Sandbox(lambda: 0)


def test_work_whose_module_fails_in_the_worker_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "only_here.py"
    module.write_text("def work(): return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    work = __import__("only_here").work
    module.write_text("raise ImportError('spoilt')\n")
    with (
        Sandbox(work, workers=1) as sandbox,
        pytest.raises(ParseError, match="no process to read it starts"),
    ):
        sandbox()
    assert "spoilt" in capfd.readouterr().err
