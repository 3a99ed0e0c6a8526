"""What is next to a mix is a mix as well, or the words say that one kind of server was looked at."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from commands import Cli, shown
from worlds import LIVE

import optimizer
from optimizer import Case, Plan, plan
from optimizer.catalogue import Catalogue
from optimizer.errors import UndecidedError
from optimizer.insight import answer, neighbours

CHILE: dict[str, Any] = {"country": "CL", "workload": "llama-3.1-70b", "deadline_days": 220, "mix": 2}
TIGHT: dict[str, Any] = {**CHILE, "max_capital_usd": "2.4e7", "max_carbon_t": "900"}
FLAGS = ("--country", "CL", "--workload", "llama-3.1-70b", "--deadline", "220d", "--mix", "2", "--data", str(LIVE))
SITES: dict[str, Any] = {
    **{"sites": ["BR=0.6", "MX=0.6"], "deadline": "90d", "use": "h100;a100", "mix": 2},
    "budget": "10k",
}


def _same(told: Plan | None, solved: object) -> bool:
    """Whether a plan that is said next to another is the one that the same question has by itself."""
    if not isinstance(told, Plan):
        return not isinstance(solved, Plan)
    return isinstance(solved, Plan) and told.objective_value == solved.objective_value and told.items == solved.items


@pytest.mark.parametrize("asked", [CHILE, TIGHT], ids=["open", "tight"])
def test_other_bases_and_figures_are_solved_as_the_mix_is(live: Catalogue, asked: dict[str, Any]) -> None:
    """Each plan next to a mix is the plan that the same case has with that one change, mixes among them."""
    found = answer(Case(**asked), live)
    changed: list[tuple[Plan | None, dict[str, Any]]] = [
        (found.bases["amortised"], {"basis": "amortised"}),
        (found.bases["rental"], {"basis": "rental", "procurement": ("rent",)}),
        (found.usual_overhead, {"overhead": Decimal("1.3")}),
        *((told, {"assumptions": name}) for name, told in found.assumption_sets.items()),
    ]
    for told, changes in changed:
        assert _same(told, plan(Case(**{**asked, **changes}), live)), changes
    amortised = found.bases["amortised"]
    assert amortised is not None and len(amortised.items) == 2


def test_where_proofs_do_not_agree_one_kind_is_told_and_never_that_there_is_none(
    live: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mix that is undecided is no proof that there is no plan."""

    def undecided(*_: object) -> None:
        raise UndecidedError("no", {})

    monkeypatch.setattr(neighbours, "solve_prepared", undecided)
    told = answer(Case(**CHILE), live).usual_overhead
    assert told is not None and len(told.items) == 1
    with pytest.raises(UndecidedError):
        _ = answer(Case(**TIGHT), live).usual_overhead


def test_what_is_of_one_kind_says_so(command: Cli) -> None:
    """Other generations and firmer figures are searched over one kind of server; without a mix nothing is added."""
    text = " ".join(command("plan", *FLAGS, "--max-capital", "24M", "--max-carbon", "900", "--full", "-q").out.split())
    assert "with one kind of server, next best generation: no other satisfies the limits" in text
    assert "with one kind of server, no plan within the limits rests on firmer evidence" in text
    assert "with one kind of server" not in command("plan", *FLAGS, "--mix", "1", "--full", "-q").out


def test_a_confidence_of_a_mix_is_a_fault_of_the_question(command: Cli) -> None:
    """Exit status 2, with both flags by their names."""
    ran = command("plan", *FLAGS, "--confidence", "0.9")
    assert ran.status == 2 and '--confidence "0.9"' in ran.err and "leave --mix out" in ran.err


def test_a_site_alone_does_not_contradict_that_there_is_no_plan(frozen: Catalogue) -> None:
    """The plan of a site alone leaves out the limits on all sites together: the answer names those that it breaks."""
    answered = optimizer.answer("consortium", catalogue=frozen, **SITES)
    found = json.loads(answered.outputs().model_dump_json())
    assert found["status"] == "infeasible"
    planned = [one for one in found["alone"] if one["plan"]]
    assert planned and all(one["breaks"] == ["budget"] for one in planned)
    text = " ".join(shown(answered).split())
    assert re.search(r"\$[\d,]{5,}\.\d", text) is None, "dollars with five decimals, as the bound has twelve digits"
    assert "Each site alone, without the limits on all sites together" in text
    assert text.count("this does not satisfy the limits on all sites together: the budget") == len(planned)
