"""The rows of why there is no plan: each limit alone, pairs, and all together."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from commands import Cli

from optimizer import Case
from optimizer.answers.plan.explain import document
from optimizer.catalogue import Catalogue
from optimizer.insight.why_not import WhyNot, why_not

THREE: dict[str, Any] = {
    **{"use": ("h100",), "procurement": ("rent",), "max_mw": "0.015"},
    **{"deadline_days": 40, "budget_usd": "1e6"},
}


def rows_of(command: Cli, *flags: str) -> list[dict[str, str]]:
    ran = command("explain", *flags, "--csv")
    assert ran.status == 3
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_rows_of_what_would_do_alone(command: Cli) -> None:
    """63 days or 0.504 MW, each with its plan; an accelerator that is out has its reason and no plan."""
    told = rows_of(command, "--max-mw", "0.5", "--deadline", "60d")
    alone = [row for row in told if row["kind"] == "concession"]
    assert [(row["name"], row["unit"], row["asked"], row["value"]) for row in alone] == [
        ("deadline", "days", "60", "63"),
        ("grid", "MW", "0.5", "0.504"),
    ]
    assert [row["composition"] for row in alone] == ["160xb200/fp8/buy", "168xb200/fp8/buy"]
    assert [row["group"] for row in alone] == ["1", "2"]
    out = {row["name"]: row for row in told if row["kind"] == "excluded"}
    assert (out["ascend910b"]["out_by"], out["gh200 buy"]["out_by"], out["h100 rent"]["out_by"]) == (
        "law",
        "data",
        "limits",
    )
    assert out["gh200 buy"]["reason"] == "no purchase price known" and out["gh200 buy"]["cost_usd"] == ""
    rules = [row for row in told if row["kind"] == "rules"]
    assert rules and all(row["status"] == "infeasible" and row["reason"] for row in rules)


def test_rows_of_pairs_and_of_all_together(command: Cli, frozen: Catalogue) -> None:
    """A row for each limit of a pair, with the number of the pair and its one plan; so too where all must give."""
    told = rows_of(command, "--max-mw", "0.5", "--deadline", "60d", "--budget", "1e6")
    pairs_told = [(row["group"], row["name"], row["value"]) for row in told if row["kind"] == "pair"]
    assert pairs_told == [
        ("1", "deadline", "97"),
        ("1", "budget", "1597000"),
        ("2", "budget", "2060000"),
        ("2", "grid", "1.044"),
    ]
    assert [row["servers"] for row in told if row["kind"] == "pair"] == ["27", "27", "58", "58"]
    found = why_not(Case(**THREE), frozen)
    assert isinstance(found, WhyNot) and found.together is not None
    table = document(found).rows
    assert table is not None
    rows: list[Any] = list(table.make())
    together = {row.name: row.value for row in rows if row.kind == "together"}
    assert together == {"deadline": 373, "budget": 1_873_000, "grid": Decimal("0.126")}
