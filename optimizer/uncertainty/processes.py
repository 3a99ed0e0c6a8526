"""The same work on many items, in child processes of this machine: results in the order of the items.

What comes out does not depend on the number of children, nor on which of them did what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from optimizer.errors import OptimizerError, SolverError, UndecidedError
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.workers import CrashedError, Crew, LateError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

CHUNK = 10
"""Items that travel together: enough that the way is short, few enough that all children end at once."""
CHUNK_LIMIT_S = 600.0
"""A chunk that takes longer is given up, and the whole with it."""
TRIES = 3
"""So often is a chunk begun whose child ends: a kill from outside is no fault of the chunk."""
WORTH_A_CHILD = 100
"""Items below which no child is started: one takes a second to be ready."""
_WAIT_S = 0.5


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
        SolverError: a chunk took too long or ended its child every time; an item that is lost cannot be left out of a
            probability.
        WorkersError: no child can be started.
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
    chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
    crew = Crew(_begin, (work, setup), min(workers, len(chunks)))
    try:
        crew.want(crew.most)
        waiting = [crew.submit(_chunk, (chunk,), CHUNK_LIMIT_S) for chunk in chunks]
        for chunk, future in zip(chunks, waiting, strict=True):
            yield _result(crew, chunk, future)
    finally:
        crew.stop()


def _result(crew: Crew, chunk: Sequence[Any], future: Future[Any]) -> list[Any]:
    for left in reversed(range(TRIES)):
        while not future.done():
            crew.wait(_WAIT_S)
        error = future.exception()
        if isinstance(error, CrashedError) and left:
            future = crew.submit(_chunk, (chunk,), CHUNK_LIMIT_S)
            continue
        if isinstance(error, CrashedError | LateError):
            words = (
                say("it ended: {error}", error=error)
                if isinstance(error, CrashedError)
                else say("longer than {chunk_limit_s:g} s", chunk_limit_s=CHUNK_LIMIT_S)
            )
            raise SolverError.say(
                "a worker was lost ({words}); no result is given for the draws that are left", words=words
            ) from error
        result = future.result()
        if isinstance(result, _Failed):
            raise result.as_error()
        found: list[Any] = result
        return found
    raise AssertionError("the last try returns or raises")


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


def _begin(work: Callable[..., Any], setup: object) -> None:
    _READY["work"], _READY["setup"] = work, setup


def _chunk(items: Sequence[Any]) -> list[Any] | _Failed:
    try:
        return [_READY["work"](_READY["setup"], item) for item in items]
    except OptimizerError as error:
        return _Failed(type(error), str(error), getattr(error, "dossier", {}))
