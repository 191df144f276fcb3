"""No client holds a connection by dawdling, and none that does its part is cut off."""

import http.client
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.serve import Server

LIMIT = timedelta(milliseconds=300)
HEAD = b"GET /index.html HTTP/1.1\r\nHost: x\r\n"
BODY = b"<h1>The Broadsheet</h1>"
LARGE = 16 * 1024 * 1024
PATIENCE = 20.0  # seconds, only ever spent by a test that fails


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_bytes(BODY)
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(LARGE)
    return tmp_path


@pytest.fixture
def server(output: Path) -> Iterator[Server]:
    server = Server(output, port=0, request_limit=LIMIT)
    yield server
    server.stop(timedelta(seconds=5))


@pytest.fixture
def connection(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.start()), timeout=PATIENCE) as connection:
        yield connection


def all_that_comes(connection: socket.socket) -> bytes:
    """Read until the server closes the connection, which it must."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def one_answer(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(BODY):
        chunk = connection.recv(65536)
        assert chunk
        received += chunk
    return received


def dribble(connection: socket.socket, endless: bytes) -> int:
    """Send a byte at a time until the server has had enough; return how many it took."""
    for sent in range(400):
        readable, _, _ = select.select([connection], [], [], 0.02)
        try:
            if readable and not connection.recv(65536):
                return sent
            connection.send(endless[sent % len(endless) :][:1])
        except (BrokenPipeError, ConnectionResetError):
            return sent
    pytest.fail("the server listened to a dribble for ever")


def test_a_client_that_says_nothing_is_let_go(connection: socket.socket) -> None:
    assert all_that_comes(connection) == b""


def test_a_client_that_stops_in_the_middle_of_its_head_is_let_go(
    connection: socket.socket,
) -> None:
    connection.sendall(HEAD)
    assert all_that_comes(connection) == b""


def test_a_dribble_of_bytes_does_not_extend_the_deadline(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    assert dribble(connection, b"X-Slow: a\r\n") > 0


def test_a_dribbled_body_is_not_listened_to_either(connection: socket.socket) -> None:
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
    assert dribble(connection, b"a") > 0


def test_the_second_request_on_a_connection_has_a_deadline_too(
    connection: socket.socket,
) -> None:
    connection.sendall(HEAD + b"\r\n")
    one_answer(connection)
    connection.sendall(HEAD)
    assert all_that_comes(connection) == b""


def test_requests_sent_in_one_go_are_all_answered(connection: socket.socket) -> None:
    connection.sendall((HEAD + b"\r\n") * 3)
    received = b""
    while received.count(BODY) < 3:
        received += one_answer(connection)
    assert received.count(b"HTTP/1.1 200 ") == 3


def test_half_a_request_behind_a_whole_one_is_let_go_after_the_answer(server: Server) -> None:
    server._config.timeout_keep_alive = 600  # so that it cannot be what ends the connection
    port = server.start()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(HEAD + b"\r\n" + HEAD)
        assert all_that_comes(connection).count(b"HTTP/1.1 200 ") == 1


def test_a_pause_between_requests_is_not_a_late_request(server: Server) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.start(), timeout=PATIENCE)
    for _ in range(2):
        client.request("GET", "/")
        assert client.getresponse().read() == BODY
        closed, _, _ = select.select([client.sock], [], [], 1.5 * LIMIT.total_seconds())
        assert not closed
    client.close()


def test_a_head_in_two_pieces_within_the_limit_is_answered(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(HEAD)
    connection.sendall(b"\r\n")
    one_answer(connection)


def test_a_head_that_does_not_end_is_refused_before_its_time_is_over(output: Path) -> None:
    server = Server(output, port=0, request_limit=timedelta(minutes=10))
    with socket.create_connection(("127.0.0.1", server.start()), timeout=PATIENCE) as connection:
        connection.sendall(HEAD)
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < LARGE:
                sent += connection.send(b"X-More: and more\r\n" * 100)
    assert sent < LARGE
    server.stop(timedelta(seconds=5))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /index.html HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /index.html HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"400"),
        (b"GET /index.html HTTP/1.0\r\n\r\n", b"200"),
        (HEAD + b"Connection: close\r\n\r\n", b"200"),
    ],
)
def test_a_request_names_its_host_once(server: Server, head: bytes, status: bytes) -> None:
    port = server.start()
    for _ in range(2):  # the second time what is there to say is known
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(head)
            assert all_that_comes(connection).startswith(b"HTTP/1.1 " + status)


def test_others_are_served_while_many_dawdle(output: Path) -> None:
    server = Server(output, port=0, request_limit=timedelta(seconds=PATIENCE))
    port = server.start()
    dawdlers = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    for number, dawdler in enumerate(dawdlers):
        dawdler.sendall(HEAD[: number % len(HEAD)])
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    client.request("GET", "/")
    assert client.getresponse().read() == BODY
    client.close()
    server.stop(timedelta(seconds=5))
    for dawdler in dawdlers:
        dawdler.close()
    assert server._thread is not None
    assert not server._thread.is_alive()


def test_a_client_that_never_reads_its_answer_is_let_go(server: Server) -> None:
    port = server.start()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1)
        give_up = time.monotonic() + PATIENCE
        while server._uvicorn.server_state.connections:
            assert time.monotonic() < give_up
            time.sleep(0.02)
        assert len(all_that_comes(connection)) < LARGE


def test_a_client_that_reads_slowly_gets_all_of_its_answer(output: Path) -> None:
    limit = timedelta(milliseconds=500)
    server = Server(output, port=0, request_limit=limit)
    port = server.start()
    began = time.monotonic()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = 0
        while chunk := connection.recv(65536):
            received += len(chunk)
            threading.Event().wait(0.006)
    assert received > LARGE
    assert time.monotonic() - began > 3 * limit.total_seconds(), "it was not slow: proves nothing"
    server.stop(timedelta(seconds=5))
