"""How many requests a second our server answers, beside nginx over the same tree.

`python -m benchmarks serving`: the demo's paper, one process of each, on loopback, taking turns.
Each is asked the same over 16 connections that stay open; a connection asks again once it has its
answer. *Anew* is what our server answers by deciding it again, not from memory: the list of tags
is too long to be kept. What is counted is the wall, and the processor time of the server: the
client is a program too, and on a small machine it takes a share of what it measures.
"""

import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aggregator import demo

SECONDS = 2.0
ROUNDS = 5
CONNECTIONS = 16
FEED = "/atom.xml"
# What is asked: for the whole, or whether it is new, of one who knows these versions and the last.
QUESTIONS: Mapping[str, Sequence[str] | None] = {
    "gzip 200s": None,
    "304s": (),
    "304s, anew": [f'"of-{number:028}"' for number in range(20)],
}
TARGET = 0.3  # of what nginx answers
NGINX = """
worker_processes 1;
pid nginx.pid;
error_log stderr error;
{user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    types {{ application/atom+xml xml; text/html html; }}
    keepalive_requests 1000000000;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=1000;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port};
        root "{tree}";
        gzip_static on;
        gzip_vary on;
        add_header Cache-Control "max-age=300, stale-while-revalidate=600";
        add_header X-Content-Type-Options nosniff;
    }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server at work: the port it is asked at and the process it is."""

    name: str
    port: int
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Answers for each second on the wall, and for each second of the server's processor time."""

    wall: float
    cpu: float


def run() -> str:
    """Return a table of answers a second and their ratio, or why there is none."""
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        return "skipped: there is no nginx on this machine"
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "public"
        demo.once(state=Path(folder) / "state", output=tree, port=8420)
        with _ours(tree) as ours, _nginx(nginx, tree, Path(folder)) as theirs:
            return _table(ours, theirs)


def _table(ours: Served, theirs: Served) -> str:
    lines = [f"{'':<12}{'':<12}{'a second':>10}{'ratio':>8}{'a CPU second':>14}{'ratio':>8}"]
    for name in QUESTIONS:
        rounds: dict[str, list[Rate]] = {ours.name: [], theirs.name: []}
        for _ in range(ROUNDS):
            for served in (ours, theirs):
                rounds[served.name].append(_rate(served, QUESTIONS[name]))
        typical = {
            each: Rate(wall=median(r.wall for r in rates), cpu=median(r.cpu for r in rates))
            for each, rates in rounds.items()
        }
        best = typical[theirs.name]
        lines.extend(
            f"{name:<12}{each:<12}{rate.wall:>10,.0f}{rate.wall / best.wall:>8.2f}"
            f"{rate.cpu:>14,.0f}{rate.cpu / best.cpu:>8.2f}"
            for each, rate in typical.items()
        )
    return "\n".join([*lines, f"target: {TARGET} of nginx, in one process"])


def _rate(served: Served, known: Sequence[str] | None) -> Rate:
    request = _request(FEED)
    status, first = _ask(served.port, request)
    if known is not None:
        etag = re.search(rb"(?i)^etag: (.*?)\r$", first, re.MULTILINE)
        if etag is None:
            raise RuntimeError(f"{served.name} sends no ETag")
        tags = ", ".join([*known, etag[1].decode()])
        request = _request(FEED, f"If-None-Match: {tags}\r\n")
        status, first = _ask(served.port, request)
    is_conditional = known is not None
    if status != (304 if is_conditional else 200) or is_conditional == (b"\x1f\x8b" in first):
        raise RuntimeError(f"{served.name} answers {status} where another is asked for")
    before, began = _cpu(served.pid), time.perf_counter()
    answers = _load(served.port, request, length=len(first))
    wall, cpu = time.perf_counter() - began, _cpu(served.pid) - before
    return Rate(wall=answers / wall, cpu=answers / max(cpu, 1e-9))


def _request(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n{more}\r\n".encode()


def _ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Return the status and all bytes of one answer; every later one is as long."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(2**16)
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        while status != 304 and length and len(body) < int(length[1]):
            body += connection.recv(2**16)
    return status, head + b"\r\n\r\n" + body


def _load(port: int, request: bytes, *, length: int) -> int:
    """Ask over all connections for SECONDS and return how many whole answers came."""
    poll = select.epoll()
    waiting: dict[int, tuple[socket.socket, int]] = {}
    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(connection, select.EPOLLIN)
        waiting[connection.fileno()] = (connection, length)
        connection.sendall(request)
    answers, until = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        for number, _ in poll.poll(1.0):
            connection, left = waiting[number]
            received = len(connection.recv(2**18))
            if not received:
                raise RuntimeError("the server closed a connection amid the measurement")
            left -= received
            if left == 0:
                answers += 1
                connection.sendall(request)
            waiting[number] = (connection, left or length)
    for connection, _ in waiting.values():
        connection.close()
    poll.close()
    return answers


@contextmanager
def _ours(tree: Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "aggregator", "serve", "--port=0", f"--output={tree}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            found = re.search(r":(\d+)/", process.stderr.readline() if process.stderr else "")
            if found is None:
                raise RuntimeError("our server did not start")
            yield Served(name="Broadsheet", port=int(found[1]), pid=process.pid)
        finally:
            process.terminate()


@contextmanager
def _nginx(nginx: str, tree: Path, folder: Path) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    work = folder / "nginx"
    work.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # who else could read the folder of a test
    (work / "nginx.conf").write_text(NGINX.format(port=port, tree=tree, user=user))
    command = [nginx, "-e", "stderr", "-p", str(work), "-c", "nginx.conf", "-g", "daemon off;"]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port, process)
            yield Served(name="nginx", port=port, pid=process.pid)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nginx did not start: it ended with {process.returncode}")


def _cpu(pid: int) -> float:
    """Return the seconds of processor time a process and its children have taken."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for each in (str(pid), *children):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
