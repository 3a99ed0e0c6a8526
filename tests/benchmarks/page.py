"""(i) The page: how long a move of a control takes, and what becomes of fifty visitors at once."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest.mock import patch

from optimizer.catalogue import Catalogue

from .measuring import Scale, Section, Target, spread, table

VISITORS, MOVES = 50, 15
SLIDER_S = 0.3
"""The target for the median of a move, with the process warm."""
CASE = {"country": "MX", "workload": "deepseek-v3-10t", "deadline": "150", "rules": "enforced-2026"}


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """Two tables: the moves, with the plans that were solved for each, and the visitors by what they were told."""
    import httpx

    each = max(2, scale.rounds)
    with _served(catalogue) as address, httpx.Client(base_url=address, timeout=120) as client:
        _move(client, 0.9)
        seconds = [_move(client, 1 + 0.1 * number) for number in range(MOVES)]
        begun = time.perf_counter()
        with ThreadPoolExecutor(VISITORS) as visitors:
            answers = visitors.map(lambda number: _visit(address, number, each), range(VISITORS))
            found = [status for told in answers for status in told]
        taken = time.perf_counter() - begun
    told = Counter(found)
    heads = ("what", "median", "least", "most")
    moves = table("ms; one visitor, every move another case", heads, [("move", *spread(seconds))])
    rows = [(str(status), count) for status, count in sorted(told.items())]
    crowd = table(f"{VISITORS} visitors at once, {each} questions each", ("status", "answers"), rows)
    runs, searches = _solves(catalogue)
    notes = [
        f"one move: {runs} runs of HiGHS and {searches} exhaustive searches; {len(found) / taken:.1f} requests a second"
        f" ({told[200] / taken:.1f} answered); refusals say when to try again"
    ]
    lost = VISITORS * each - told[200] - told[429] - told[503]
    return Section(
        "page: a move of a control, and visitors at once",
        [moves, crowd],
        notes,
        [
            Target("a move, median s", sorted(seconds)[MOVES // 2], SLIDER_S, at_least=False),
            Target("visitors with neither an answer nor a refusal", float(lost), 0.0, at_least=False),
        ],
    )


@contextmanager
def _served(catalogue: Catalogue) -> Iterator[str]:
    """The page on a port of this machine, with the bounds that it has by default but for the rate of an address."""
    import uvicorn

    from optimizer.web.app import make_app
    from optimizer.web.quotas import Bounds

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # all visitors of this measurement have one address, whose rate is that of a single visitor
    bounds = Bounds(burst=VISITORS * 100, requests_per_second=VISITORS * 10.0)
    server = uvicorn.Server(uvicorn.Config(make_app(catalogue, ["*"], bounds), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


def _move(client: object, megawatts: float) -> float:
    """Seconds until the answer to a moved control is there."""
    import httpx

    assert isinstance(client, httpx.Client)
    begun = time.perf_counter()
    reply = client.get("/answer", params={**CASE, "max_mw": f"{megawatts:.2f}"})
    assert reply.status_code == 200, reply.text
    return time.perf_counter() - begun


def _visit(address: str, number: int, count: int) -> Sequence[int]:
    """The statuses that a visitor gets; a refusal without a time to wait, or an answer without a plan, is 0."""
    import httpx

    found = []
    with httpx.Client(base_url=address, timeout=120) as client:
        for question in range(count):
            reply = client.get("/answer", params={**CASE, "max_mw": f"{0.5 + 0.01 * number + question:.2f}"})
            good = "decision" in reply.text if reply.status_code == 200 else bool(reply.headers.get("retry-after"))
            found.append(reply.status_code if good else 0)
    return found


def _solves(catalogue: Catalogue) -> tuple[int, int]:
    """For the answer to one move, the runs of HiGHS and the exhaustive searches beside the best plan."""
    from optimizer.exact.search import search
    from optimizer.insight import neighbours
    from optimizer.solve import highs
    from optimizer.web.answers import Answers, given

    runs = patch.object(highs, "_solve", wraps=highs._solve)
    searches = patch.object(neighbours, "search", wraps=search)
    with runs as counted, searches as searched:
        Answers(catalogue).document("plan", given({**CASE, "deadline": "150d", "max_mw": "1.77"}))
    return counted.call_count, searched.call_count
