"""The JSON interface as it describes itself, scanned by schemathesis: whatever is sent, no error of the server.

The light scan runs with the tests; ``pytest -m campaign tests/web/test_page_schema.py`` sends 200 of each operation, or
as many as OPTIMIZER_SCAN says.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worlds import frozen_catalogue

pytest.importorskip("starlette")
pytest.importorskip("schemathesis", reason="schemathesis scans the interface: pip install '.[scan]'")

import schemathesis

from optimizer.web.app import make_app
from optimizer.web.quotas import Bounds

PLAUSIBLE = (
    *("BR", "MX", "BR,MX", "all", "h100", "h100;a100", "deepseek-v3-10t", "cost", "days", "peak power", "pue", "1"),
    *(
        "0",
        "0.6",
        "90d",
        "90",
        "120 days",
        "$5M",
        "5M",
        "1.500",
        "0,5",
        "-1",
        "1e400",
        "1e-400",
        "NaN",
        "inf",
        "9" * 60,
    ),
    *("16%", "2026-11-22", "2026-13-40", "0001-01-01", "9999-12-31", "h100=64", "h100=-1", "17-21", "1,2,3", "0:1:0"),
    *("1:0:0.1", "0.5:2:0.5", "yes", "none", "None", "\x00", "\u202e", "\ud7ff", "../../etc/passwd", "{count}", "%s"),
    *("' OR 1=1", "<b>", "=1+1", "cheapest plan under 1 MW in 120 days", "¿y en México?", "why not a100", "pretrain"),
    *("lora", "amortised"),
)
"""What people and their mistakes put into fields: with these a case gets past the reading."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def schema() -> Any:
    app = make_app(frozen_catalogue(), ["testserver", "localhost"], Bounds(burst=10**9, waiting=10**6))
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


def scan(operation: Any, examples: int, *, random: bool) -> set[int]:
    """The statuses of what was sent to an operation, so many times."""
    seen: set[int] = set()
    names = sorted(parameter.name for parameter in operation.query)
    checks = [getattr(schemathesis.checks, name) for name in CHECKS]

    @settings(
        max_examples=examples,
        database=None,
        derandomize=not random,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(),
        likely=st.dictionaries(st.sampled_from(names or ["none"]), st.sampled_from(PLAUSIBLE), max_size=5),
        alone=st.booleans(),
    )
    def send(case: Any, likely: dict[str, str], alone: bool) -> None:
        if names:
            case.query = {**({} if alone else dict(case.query or {})), **likely}
        reply = case.call()
        seen.add(reply.status_code)
        case.validate_response(reply, checks=checks)

    send()
    return seen


def operations(schema: Any) -> dict[str, Any]:
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def test_a_light_scan(schema: Any) -> None:
    """Every operation a few times, the same each run: answered or refused as the description says, never a fault."""
    found = {label: scan(operation, 2, random=False) for label, operation in operations(schema).items()}
    assert {200, 422} <= set().union(*found.values())
    # what is not described is not scanned
    assert {"GET /api/plan", "GET /api/ask", "GET /api/power", "POST /batch"} <= set(found)


@pytest.mark.campaign
def test_a_long_scan(schema: Any) -> None:
    """The same, often, and other each time."""
    for operation in operations(schema).values():
        scan(operation, int(os.environ.get("OPTIMIZER_SCAN", "200")), random=True)
