"""One process with everything read in, that forks itself for each command: ``python server.py SOCKET``.

It solves nothing itself, so that no thread of a solver is lost in a fork. It ends when its stdin is closed, that is
with the process that started it.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

HEAVY = ("highspy", "pandas", "pyomo.environ")
OF_DASK = ("optimizer.batch.plugin",)
CRASHED = 1


def import_all() -> None:
    """Every module of the package, and those that its functions import when they are called."""
    for name in HEAVY:
        importlib.import_module(name)
    package = importlib.import_module("optimizer")
    for found in pkgutil.walk_packages(package.__path__, "optimizer."):
        if found.name not in OF_DASK and not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def warm_up() -> None:
    """Make what every command makes first: the data, the types of the tables, the words of a question, the flags."""
    import optimizer.catalogue
    from optimizer.cli import run as command_line

    load, shipped = optimizer.catalogue.load_catalogue, os.environ["OPTIMIZER_DATA"]
    known = load(shipped)

    def loaded(folder: str | Path | None = None, packs: Iterable[str | Path] = ()) -> optimizer.catalogue.Catalogue:
        where = os.environ["OPTIMIZER_DATA"] if folder is None else folder
        return load(folder, packs) if packs or where != shipped else known

    optimizer.catalogue.load_catalogue = loaded

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert command_line(["ask", "cheapest plan under 1 MW in 150 days", "--dry-run"]) == 0
    gc.freeze()


def serve(address: str) -> None:
    """Fork a child for each connection, until stdin is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave nothing behind
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        waited: list[Any] = [listener, 0]
        while True:
            ready, _, _ = select.select(waited, [], [])
            if 0 in ready:
                return
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    os._exit(answer(connection))


def answer(connection: socket.socket) -> int:
    """In a child: run the command in the caller's folder, environment and streams, and send back its status."""
    head, streams, _, _ = socket.recv_fds(connection, 4, 3)
    size = int.from_bytes(head, "big")
    body = b""
    while len(body) < size:
        body += connection.recv(size - len(body))
    request = json.loads(body)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["optimizer", *request["arguments"]]
    status = run()
    connection.sendall(bytes([status]))
    return status


def run() -> int:
    """The command line, as ``python -m optimizer`` runs it."""
    from optimizer.cli import main

    sys.stdin = os.fdopen(0, "r", encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return CRASHED
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    return 0


if __name__ == "__main__":
    import_all()
    warm_up()
    serve(sys.argv[1])
