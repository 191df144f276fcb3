"""The publishers: nginx on loopback, each feed on a host of its own.

A host is an address of 127.0.0.0/8, not a name: `*.localhost` resolves for some resolvers and
not for others, and a peer must not win by the luck of its resolver.
"""

import os
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from benchmarks.generator import name

_STARTING = 20.0  # seconds
_ENDING = 10.0
_ON_A_NET = 250  # addresses taken of each 127.x.y.0/24
_CONFIGURATION = """
daemon off;
master_process off;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections {files}; }}
http {{
  types {{ }}
  default_type application/xml;
  sendfile on;
  gzip_static on;
  keepalive_requests 100000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  log_format answers '$status $uri';
  access_log {folder}/access.log answers;
  server {{
    {listen}
    root {root};
    {validators}
  }}
}}
"""
_NO_VALIDATORS = 'etag off; if_modified_since off; add_header Last-Modified "";'


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the feeds are. `port` is the same on every host."""

    feeds: int
    port: int

    @property
    def urls(self) -> tuple[str, ...]:
        """The address of each feed."""
        return tuple(
            f"http://{_host(number)}:{self.port}/{name(number)}" for number in range(self.feeds)
        )


def nginx() -> str | None:
    """Return where nginx is, or None; not everybody's PATH has the folder it is put in."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def origin(feeds: int) -> Origin:
    """Return an origin for so many feeds, on a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return Origin(feeds=feeds, port=server.getsockname()[1])


@contextmanager
def serve(where: Origin, root: Path, *, folder: Path, validators: bool) -> Iterator[Path]:
    """Serve the documents in `root` and yield the log of answers; no nginx is left behind.

    Raises RuntimeError with nginx's own words where it does not start.
    """
    program = nginx()
    if program is None:
        raise RuntimeError("there is no nginx")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(_configured(where, root, folder, validators=validators), "utf-8")
    command: list[str | Path] = [
        program,
        "-p",
        folder,
        "-c",
        configuration,
        "-e",
        folder / "error.log",
    ]
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        _await(where, process, folder)
        yield folder / "access.log"
    finally:
        process.terminate()
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(log: Path) -> Mapping[int, int]:
    """Return how many answers of each status are in a log."""
    lines = log.read_text("utf-8").splitlines()
    return Counter(int(line.split()[0]) for line in lines)


def asked(log: Path) -> int:
    """Return how many different feeds were asked for."""
    return len({line.split()[1] for line in log.read_text("utf-8").splitlines()})


def _host(number: int) -> str:
    net, place = divmod(number, _ON_A_NET)
    return f"127.{1 + net // 256}.{net % 256}.{1 + place}"


def _configured(where: Origin, root: Path, folder: Path, *, validators: bool) -> str:
    hosts = (f"listen {_host(number)}:{where.port};" for number in range(where.feeds))
    return _CONFIGURATION.format(
        files=3 * where.feeds + 1_000,  # every listening socket is a connection to nginx
        folder=folder,
        user="user root;" if os.geteuid() == 0 else "",  # temporary folders are for us alone
        listen="\n    ".join(hosts),
        root=root,
        validators="" if validators else _NO_VALIDATORS,
    )


def _await(where: Origin, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = monotonic() + _STARTING
    while monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection((_host(where.feeds - 1), where.port), timeout=1).close()
        except OSError:
            sleep(0.02)
        else:
            return
    words = [path.read_text("utf-8") for path in folder.glob("*.txt")]
    words += [path.read_text("utf-8") for path in folder.glob("error.log")]
    raise RuntimeError(f"nginx does not serve: {' '.join(words).strip()[:500]}")
