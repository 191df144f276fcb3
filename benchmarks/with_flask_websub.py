"""flask-websub as a stranger: its subscriber or its hub, run by an interpreter that has it.

`python with_flask_websub.py subscriber PORT FEED FOLDER` finds out at a feed where to subscribe,
and does; each line it reads is something to do (`renew`, `unsubscribe`). `… hub PORT FOLDER` is a
hub. What happens is told in lines of JSON.
"""

import hashlib
import json
import sys
import threading
from pathlib import Path

from celery import Celery  # type: ignore[import-not-found]  # never in our own environment
from flask import Flask  # type: ignore[import-not-found]
from flask_websub.hub import Hub, SQLite3HubStorage  # type: ignore[import-not-found]
from flask_websub.subscriber import (  # type: ignore[import-not-found]
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import make_server


def tell(event: str, **said: object) -> None:
    """Print what happened."""
    print(json.dumps({"event": event, **said}), flush=True)


def serve(app: Flask, port: int) -> None:
    """Serve an application from a thread of its own."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def subscribe(port: int, feed: str, folder: Path) -> None:
    """Subscribe to a feed, tell what comes of it, and do what is read."""
    database = str(folder / "subscriber.db")
    one = Subscriber(SQLite3SubscriberStorage(database), SQLite3TempSubscriberStorage(database))
    one.add_success_handler(lambda topic, _id, mode: tell(mode, topic=topic))
    one.add_error_handler(lambda topic, _id, reason: tell("denied", topic=topic, reason=reason))
    one.add_listener(
        lambda topic, _id, body: tell(
            "content", topic=topic, digest=hashlib.sha256(body).hexdigest(), size=len(body)
        )
    )
    app = Flask(__name__)
    app.config["SERVER_NAME"] = f"127.0.0.1:{port}"
    app.register_blueprint(one.build_blueprint(url_prefix="/callbacks"))
    serve(app, port)
    with app.app_context():
        where = discover(feed)
        tell("discovered", **where)
        known = one.subscribe(**where)
        for line in sys.stdin:
            getattr(one, line.strip())(known)


def be_a_hub(port: int, folder: Path) -> None:
    """Be a hub that does at once what it is asked to."""
    app, celery = Flask(__name__), Celery()
    app.config["PUBLISH_SUPPORTED"] = True
    celery.conf.task_always_eager = True
    hub = Hub(SQLite3HubStorage(str(folder / "hub.db")), celery, **app.config)
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    serve(app, port)
    tell("ready")
    sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1] == "hub":
        be_a_hub(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        subscribe(int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
