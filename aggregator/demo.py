"""The product on the sample wire: real requests, real bytes, nothing beyond this machine."""

import socket
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from aggregator import console
from aggregator.clock import utc_now
from aggregator.model import Settings
from aggregator.newsroom import open_newsroom
from aggregator.pipeline import Report, build
from aggregator.running import open_fetcher, run
from aggregator.settings import FILE, parse
from aggregator.settings_editorial import EDITORIAL, rulings
from aggregator.starter import put
from aggregator.wire_server import WireServer, editorial_yaml, images, sources_yaml
from publisher.serve import Server

LOOPBACK = ip_network("127.0.0.0/8")


def once(*, state: Path, output: Path, port: int) -> Report:
    """Build the paper from the sample wire and return what came of it.

    What it was built by lies in `config(state)`: so one may ask `broadsheet why` of it.
    """
    site = _site(port or _free_port("127.0.0.1"))
    settings = _settings(site)
    with (
        WireServer(site) as wire,
        open_newsroom(state=state, output=output) as newsroom,
        open_fetcher(settings, wire.routes) as fetch,
        console.pulling(lambda _: None) as tell,
    ):
        _write(config(state), site)
        return build(
            newsroom, settings, fetch=fetch, now=utc_now(), everything=True, tell=tell,
            extra=images(),
        )  # fmt: skip


def serve(
    *, state: Path, output: Path, host: str, port: int, started: Callable[[int], None]
) -> None:
    """Build the paper from the sample wire, serve it, and keep both going."""
    port = port or _free_port(host)
    site = _site(port)
    settings = _settings(site)
    with WireServer(site) as wire, open_newsroom(state=state, output=output) as newsroom:
        _write(config(state), site)
        server = Server(output, host=host, port=port)
        run(
            newsroom, server, lambda: settings, started=started, routes=wire.routes,
            extra=images(),
        )  # fmt: skip


def config(state: Path) -> Path:
    """Return the folder of the demo's configuration, for the commands that ask of a paper."""
    return state / "config"


def _write(folder: Path, site: str) -> None:
    put(folder, {FILE: sources_yaml(site), EDITORIAL: editorial_yaml()})


def _settings(site: str) -> Settings:
    settings = parse(sources_yaml(site), file="the sample wire's sources.yaml")
    return replace(
        settings,
        site=replace(settings.site, allow_networks=(LOOPBACK,)),
        rulings=rulings(editorial_yaml(), sections=settings.sections),
    )


def _free_port(host: str) -> int:
    """Return a port that is free now: the paper's own address is needed before it is served."""
    try:
        with socket.create_server((host, 0)) as server:
            port: int = server.getsockname()[1]
    except OSError:
        return 0  # serving will say what is wrong with the host
    return port


def _site(port: int) -> str:
    return f"http://127.0.0.1:{port}/"
