"""What tests of the answers compare: the plans of two cases, a case with one that lacks a limit, an answer as told."""

from __future__ import annotations

from typing import Any

from commands import shown

from optimizer import Case, Plan, plan
from optimizer.answers.form.envelope import Envelope, envelope
from optimizer.answers.plan.answer import document
from optimizer.catalogue import Catalogue
from optimizer.errors import DataError
from optimizer.insight import Answer


def solved(case: Case, catalogue: Catalogue, *, mixed: bool = False) -> Plan | None:
    """The best plan, of one kind of server unless mixed; None where there is none, or the case cannot be asked."""
    try:
        outcome = plan(case if mixed else case.changed(mix=None), catalogue)
    except DataError:
        return None
    return outcome if isinstance(outcome, Plan) else None


def same(one: Plan | None, other: Plan | None) -> None:
    """Two plans choose the same servers for the same days at the same cost; or there is neither."""
    if one is None or other is None:
        assert one is None and other is None
        return
    assert (one.items, one.days) == (other.items, other.days)
    assert (one.objective_value, one.cost_usd, one.cost_terms) == (
        other.objective_value,
        other.cost_usd,
        other.cost_terms,
    )


def without(case: Case, limit: str) -> Case | None:
    """The case without one limit; None where no field of a case can lift it."""
    kind, _, accelerator = limit.partition(":")
    if kind == "deadline":
        return case.changed(deadline_days=3650)
    fields = {"budget": "budget_usd", "grid": "max_mw", "tpp": "max_tpp", "accelerators": "max_accelerators"}
    if kind in fields:
        return case.changed(**{fields[kind]: None})
    if kind in ("supply", "hire", "owned"):
        field = "owned" if kind == "owned" else "supply"
        return case.changed(**{field: {**dict(getattr(case, field)), accelerator: 10_000_000}})
    return None


def told_on_card(found: Answer) -> str:
    """An answer as text."""
    return shown(document(found))


def told_as_data(found: Answer) -> Envelope[Any]:
    """An answer as JSON."""
    return envelope(document(found))
