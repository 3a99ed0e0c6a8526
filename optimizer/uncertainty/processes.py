"""The same work on many items, in child processes of this machine: results in the order of the items.

What comes out does not depend on the number of children, nor on which of them did what.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from optimizer.errors import OptimizerError, SolverError, UndecidedError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
ChunkT = Sequence[Any]

CHUNK = 10
"""Items that travel together: enough that the way is short, few enough that all children end at once."""
CHUNK_LIMIT_S = 600.0
"""A chunk that takes longer is given up, and the whole with it."""
WORTH_A_CHILD = 100
"""Items below which no child is started: one takes a second to be ready."""


def map_items(
    work: Callable[[Any, ItemT], ResultT],
    setup: object,
    items: Sequence[ItemT],
    workers: int,
    progress: Callable[[int, int], None],
) -> list[ResultT]:
    """``work(setup, item)`` of every item.

    Args:
        work: a function of a module, so that it can travel.
        setup: what all items share; it travels once to each child.
        workers: child processes; with 1, or with few items, the work is done here.
        progress: called with the items done and their number.

    Raises:
        SolverError: a child ended or took too long; an item that is lost cannot be left out of a probability.
        OptimizerError: what ``work`` raised.
    """
    found: list[ResultT] = []
    if workers == 1 or len(items) < WORTH_A_CHILD:
        for item in items:
            found.append(work(setup, item))
            progress(len(found), len(items))
        return found
    for results in _by_children(work, setup, items, workers):
        found += results
        progress(len(found), len(items))
    return found


def _by_children(work: Callable[..., Any], setup: object, items: Sequence[Any], workers: int) -> Iterator[list[Any]]:
    from pebble import ProcessExpired, ProcessPool

    chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
    pool = ProcessPool(
        max_workers=min(workers, len(chunks)),
        initializer=_begin,
        initargs=(pickle.dumps((work, setup)),),
        context=multiprocessing.get_context("spawn"),
    )
    try:
        waiting = [pool.schedule(_chunk, args=(chunk,), timeout=CHUNK_LIMIT_S) for chunk in chunks]
        for future in waiting:
            try:
                result = future.result()
            except (ProcessExpired, TimeoutError) as error:
                raise SolverError(f"a worker was lost: {error}; nothing is told of the draws that are left") from error
            if isinstance(result, _Failed):
                raise result.as_error()
            yield result
        pool.close()  # type: ignore[no-untyped-call]
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


@dataclass(frozen=True)
class _Failed:
    """An error of ours on its way home: its own class may not survive the journey."""

    kind: type[OptimizerError]
    message: str
    dossier: Mapping[str, Any]

    def as_error(self) -> OptimizerError:
        if issubclass(self.kind, UndecidedError):
            return UndecidedError(self.message, self.dossier)
        error = SolverError(self.message)
        error.exit_status = self.kind.exit_status
        return error


_READY: dict[str, Any] = {}


def _begin(packed: bytes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who stops us
    _READY["work"], _READY["setup"] = pickle.loads(packed)


def _chunk(items: Sequence[Any]) -> list[Any] | _Failed:
    try:
        return [_READY["work"](_READY["setup"], item) for item in items]
    except OptimizerError as error:
        return _Failed(type(error), str(error), getattr(error, "dossier", {}))
