"""The child's side: take a task, do it, send its result; end as soon as the parent is gone."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import queue
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from optimizer.workers.frames import DONE, FAILED, RAISED, READY, SETUP, framed, taken

BOOT = """\
import sys, os
channel = sys.argv[1]
sys.path[:] = sys.argv[2:]
try:
    from optimizer.workers.child import main
except BaseException as error:
    words = f"{type(error).__name__}: {error}".encode(errors="replace")
    if channel != "-":
        os.write(int(channel), len(words).to_bytes(8, "big") + b"F" + words)
    os._exit(1)
main(channel)
"""
"""What a child runs first: the places to import from are the parent's, without the folder that it happens to be in."""
_READ_BYTES = 1 << 16


def main(channel: str) -> None:
    """Work until the parent closes the channel.

    Args:
        channel: its file descriptor; ``-`` where it comes through stdin (Windows).
    """
    gc.disable()  # until the child is ready: what it imports and is given makes no garbage, and stays
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, also inside the solver
    if sys.platform == "win32":
        wire = socket.fromshare(sys.stdin.buffer.read())
    else:
        wire = socket.socket(fileno=int(channel))
        if "fork" in multiprocessing.get_all_start_methods():
            # Pyomo makes a lock on import: a named one, as other methods have, would be left over by a kill
            multiprocessing.set_start_method("fork", force=True)
    wire.setblocking(True)
    frames: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(wire, frames), daemon=True).start()
    while True:
        kind, content = frames.get()
        try:
            wire.sendall(_set_up(content) if kind == SETUP else _done(content))
        except OSError:
            os._exit(1)  # the parent is gone


def _receive(wire: socket.socket, frames: queue.SimpleQueue[tuple[bytes, bytes]]) -> None:
    """Read ahead, and end with the parent whatever the main thread is at."""
    buffer = bytearray()
    while True:
        try:
            more = wire.recv(_READ_BYTES)
        except OSError:
            more = b""
        if not more:
            os._exit(1)
        buffer += more
        while frame := taken(buffer):
            frames.put(frame)


def _set_up(content: bytes) -> bytes:
    try:
        _call(content)
    except BaseException as error:
        return framed(FAILED, f"{type(error).__name__}: {error}".encode(errors="replace"))
    gc.freeze()
    gc.enable()
    return framed(READY)


def _done(content: bytes) -> bytes:
    try:
        return framed(DONE, pickle.dumps(_call(content)))
    except BaseException as error:
        return framed(RAISED, _packed(error))


def _call(content: bytes) -> Any:
    function: Callable[..., Any]
    function, arguments = pickle.loads(content)
    return function(*arguments)


def _packed(error: BaseException) -> bytes:
    """An exception as bytes; one that cannot travel becomes its words."""
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return packed
