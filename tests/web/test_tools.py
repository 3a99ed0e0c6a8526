"""Tools for assistants: a server as an assistant starts it, asked through the official client."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from worlds import LIVE

from optimizer.web.tools import tools

DATA = str(LIVE)
CASE: dict[str, Any] = {"country": "BR", "max_mw": 0.6, "deadline": "90d", "use": "h100_sxm5_80"}
"""Those that are shipped: the frozen ones have no tables of power. Only that each tool answers is looked at."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "ask": {"question": "cheapest plan under 0.6 MW in 90 days in Brazil"},
    "plan": CASE,
    "compare": {**CASE, "country": "BR,MX"},
    "explain": {**CASE, "max_mw": 0.1},
    "law": {"accelerator": "h100", "country": "BR"},
    "data_list": {"kind": "countries"},
    "data_show": {"names": "BR"},
    "options": CASE,
    "alternatives": CASE,
    "ways": CASE,
    "frontier": {"first": "days", "second": "cost", **CASE},
    "tipping": {"input": "pue", "start": "1", "stop": "1.5", **CASE},
    "largest": CASE,
    "power": {**CASE, "days_of_year": 1, "power": "grid;genset"},
    "why_not": {"subject": "a100", **CASE},
    "sensitivity": {"draws": 3, **CASE},
    "consortium": {"sites": "BR=0.4 MX=0.4", "deadline": "90d", "tokens_t": "2"},  # more have no plan, and take long
    "data_projects": {"names": "airavata-7b"},
    **{name: {} for name in ("data_package", "data_dictionary", "validate", "cite")},
    "report": CASE,
    "reproduce": {"study": "study-2025"},
}


def test_the_tools_are_the_questions() -> None:
    """Each with a schema that names what it needs; none reads a file of the machine it runs on."""
    known = tools()
    assert {"ask", "plan", "compare", "law", "data_show"} <= set(known)
    assert not {"verify", "batch", "rank", "data_gaps"} & set(known)
    assert known["consortium"]["schema"]["required"] == ["sites"]
    assert known["ask"]["schema"]["required"] == ["question"]


def test_an_assistant_can_call_each_tool() -> None:
    """Started as a process and asked through the client of the protocol: JSON of the command, errors as errors."""
    mcp = pytest.importorskip("mcp")
    from mcp.client.stdio import stdio_client

    async def talk() -> None:
        parameters = mcp.StdioServerParameters(
            command=sys.executable,
            args=["-m", "optimizer", "mcp", "--data", DATA],
            cwd=str(Path(__file__).parents[2]),
        )
        async with stdio_client(parameters) as (incoming, outgoing), mcp.ClientSession(incoming, outgoing) as session:
            await session.initialize()
            listed = {tool.name for tool in (await session.list_tools()).tools}
            assert set(ARGUMENTS) == listed
            for name, arguments in ARGUMENTS.items():
                found = await session.call_tool(name, arguments)
                assert not found.is_error, (name, found.content)
                assert json.loads(found.content[0].text)["schema_version"] == "2", name
            wrong = await session.call_tool("plan", {"max_mw": "x"})
            assert wrong.is_error and "must be a number" in wrong.content[0].text
            wrong = await session.call_tool("plan", {"country": "Atlantis"})
            assert 'data_list {"kind": "countries"} shows' in wrong.content[0].text and "/api/" not in str(wrong)

    asyncio.run(asyncio.wait_for(talk(), 120))
