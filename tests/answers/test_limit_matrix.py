"""Every limit in every kind of question: where it alone leaves no plan it is named, with the value that is enough.

The values are held against the program itself: a plan at the value, and none a unit of its last decimal below.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commands import Cli
from drawn import drawn
from worlds import dec, plain_case, plain_catalogue

from optimizer.answers.words.limit_words import limit_words, need_in_words
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import KINDS, TRAINING_FLOP, Limit, LimitKind
from optimizer.insight import answer
from optimizer.insight.explain import Explanation, explain
from optimizer.plans.outcome import Plan

pytestmark = pytest.mark.usefixtures("few_draws")
BASE = {"--deadline": "90d", "--max-mw": "0.7", "--country": "MX"}
TOO_LITTLE = {
    **{"max_mw": "0.01", "deadline_days": "3d", "budget_usd": "1000", "max_energy_gwh": "0.001"},
    **{"max_carbon_t": "0.1", "max_capital_usd": "10", "max_tpp": "1000", "max_accelerators": "8"},
    "max_training_flop": "1e20",
}
"""Of each limit so little that no plan is within it."""
QUESTIONS: dict[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "mix": ("plan", "--mix", "2"),
    "explain": ("explain",),
    "compare": ("compare", "--overhead", "1,1.1"),
    "frontier": ("frontier", "cost", "days"),
    "tipping": ("tipping", "mfu:h100", "--from", "1", "--to", "1.01"),
    "sensitivity": ("sensitivity",),
    "alternatives": ("alternatives",),
}
"""What answers "no plan" with what would be enough."""
WHOLE = [kind for kind in KINDS.values() if kind.field in TOO_LITTLE]


def asked(kind: LimitKind, value: str) -> list[str]:
    """The case with one limit at a value; hardware that is paid counts where all is bought."""
    case = {**BASE, kind.flag: value}
    if kind.name in ("capital", "tpp"):
        case["--procurement"] = "buy"
    return [word for pair in case.items() for word in pair]


NEEDED: dict[tuple[str, ...], Decimal] = {}
"""What was found so far: every question is held against it."""


def needed(command: Cli, kind: LimitKind, *question: str) -> Decimal:
    """What a row says is needed of a limit; of the compute what the run has."""
    if (key := (kind.name, *question)) not in NEEDED:
        ran = command(*question, *asked(kind, TOO_LITTLE[kind.field]), "--csv", "-q")
        (row,) = csv.DictReader(io.StringIO(ran.out))
        assert row["status"] == "infeasible"
        NEEDED[key] = Decimal(row[kind.needed_column] if kind.needed_column else row["training_flop"])
    return NEEDED[key]


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", ["plan", "mix"])
def test_the_value_that_is_needed_is_enough_and_less_is_not(command: Cli, name: str, kind: LimitKind) -> None:
    """Typed in as the row has it, with other last zeros."""
    question = QUESTIONS[name]
    value = needed(command, kind, *question)
    unit = value / 10**6 if kind.decimals is None else Decimal(1).scaleb(-kind.decimals)
    form = "{:.0f}" if kind.whole else "{:.6f}"  # 268.800 might be thousands
    assert command(*question, *asked(kind, form.format(value)), "-q").status == 0
    assert command(*question, *asked(kind, form.format(value - unit)), "-q").status == 3


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_limit_that_leaves_no_plan_is_named(command: Cli, name: str, kind: LimitKind) -> None:
    """With its unit. Wrong: "no plan satisfies all limits" alone, or that at least two must change."""
    ran = command(*QUESTIONS[name], *asked(kind, TOO_LITTLE[kind.field]), "-q")
    text = " ".join(ran.out.split())
    assert ran.status == 3
    question = QUESTIONS["mix" if name == "mix" else "plan"]
    assert need_in_words(Limit(kind.name), Fraction(needed(command, kind, *question))) in text
    assert "no single change" not in text and "at least two" not in text
    assert name == "alternatives" or limit_words(Limit(kind.name)) in text


@pytest.mark.parametrize(
    ("limits", "ends"),
    [
        ({"--max-mw": "0.1", "--max-accelerators": "1000"}, {"grid", "deadline"}),
        ({"--max-accelerators": "40"}, {"accelerators", "deadline"}),
        ({"--max-training-flop": "1e22"}, {"training_flop"}),
    ],
)
def test_what_ends_the_largest_training(command: Cli, limits: dict[str, str], ends: set[str]) -> None:
    """The grid is not used up to its last kW, as servers are whole; yet more of it allows more, and that is said. Each
    limit that is named is tried: a little more of it, and more is trained; of the others ten times as much, and not."""
    case = {"--country": "MX", "--deadline": "90d", **limits}

    def most(**changes: str) -> Any:
        words = [word for pair in {**case, **changes}.items() for word in pair]
        return json.loads(command("largest", *words, "--json", "-q").out)["outputs"]

    found = most()
    assert set(found["ended_by"]) == ends
    flags = {kind.name: kind.flag for kind in WHOLE}
    for name, flag in flags.items():
        if flag in case:
            value = case[flag].removesuffix("d")
            more = f"{Decimal(value) * 10:f}" + ("d" if flag == "--deadline" else "")
            assert (most(**{flag: more})["tokens"] > found["tokens"]) == (name in ends)


def test_the_compute_that_only_a_mix_can_do(frozen: Catalogue) -> None:
    """Neither ``a`` nor ``b`` alone is fast enough, both are: the cap on training compute alone is in the way. Wrong:
    "no single change is enough", as the best plan of one kind was looked at."""
    chips = {"a": {"usd": 10, "pflops": 1}, "b": {"usd": 10, "pflops": 1}}
    case = plain_case(20, mix=2, deadline_days=10, supply={"a": 1, "b": 1}, max_training_flop=dec("1e20"))
    found = answer(case, plain_catalogue(frozen, chips))
    (given,) = found.concessions
    assert given.limit == TRAINING_FLOP and given.plan.servers == 2


PHASES = """[run]
deadline_days = 90
procurement = ["buy"]
use = ["h100"]
[total]
{total}
[[site]]
name = "A"
country = "BR"
max_mw = {max_mw}
[[site.phase]]
from_day = 20
max_mw = {later_mw}
[[site]]
name = "B"
country = "MX"
max_mw = {max_mw}
"""
SLOW = ("energy", "carbon")
"""Those that take seconds are in the campaign."""
SITES = [
    pytest.param(kind, id=kind.name, marks=[pytest.mark.campaign] * (kind.name in SLOW))
    for kind in WHOLE
    if kind.name != "training_flop"
]


@pytest.mark.parametrize("kind", SITES)
def test_the_limit_that_leaves_sites_no_plan_is_named(command: Cli, tmp_path: Path, kind: LimitKind) -> None:
    """Two sites, one of which gets more power later. A limit of the run, of all sites or of each site alone leaves no
    plan: where a single limit would do, it is named with its value, and there is a plan at it."""
    path = tmp_path / "sites.toml"

    def planned(value: str) -> Any:
        given = {"total": "", "max_mw": "0.3", "later_mw": "0.6"}
        if kind.name == "grid":
            given |= {"max_mw": "0.005", "later_mw": value}
        elif kind.name != "deadline":
            given["total"] = f"{kind.field} = {value}"
        text = PHASES.format(**given)
        path.write_text(text.replace("= 90", f"= {value}") if kind.name == "deadline" else text, encoding="utf-8")
        return command("consortium", str(path), "--json", "-q")

    ran = planned(TOO_LITTLE[kind.field].removesuffix("d"))
    outputs = json.loads(ran.out)["outputs"]
    assert ran.status == 3
    named = {one["limit"]: one for one in outputs["concessions"]}
    wanted = "grid@A from day 20" if kind.name == "grid" else kind.name
    assert wanted in named, named.keys()
    assert planned(f"{Decimal(str(named[wanted]['needed'])):f}").status == 0


DRAWN = {1: range(200, 208), 2: (5, 11, 24, 57, 101)}
"""Random cases of one kind of server and of two; of two those where one kind alone says too little."""
FURTHER = (54, 69, 126, *range(300, 340))
"""Those of the campaign."""


@pytest.mark.parametrize(
    ("mix", "seed"),
    [(mix, seed) for mix, seeds in DRAWN.items() for seed in seeds]
    + [pytest.param(mix, seed, marks=pytest.mark.campaign) for mix in DRAWN for seed in FURTHER],
)
def test_what_binds_is_what_explain_plans_without(frozen: Catalogue, mix: int, seed: int) -> None:
    """The limits that bind and what each costs, held against a plan of the case without it, proved like any. Wrong of a
    mix: "binding: no limit", or too little, as only one kind of server was looked at without the limit; and a limit of
    which the plan uses nothing, as too little is to be had."""
    asked = drawn(seed, frozen, mix=mix)
    found = answer(asked.case, asked.catalogue)
    if not isinstance(found.outcome, Plan):
        return
    explained = explain(asked.case, asked.catalogue)
    assert isinstance(explained, Explanation)
    without = {str(one.use.limit): one.without.saving for one in explained.standings if one.binds}
    saved: dict[str, Fraction] = {}
    for one in found.binding:  # what is for hire is one limit there, of all kinds
        name = "hire" if one.limit.limit.kind == "hire" else str(one.limit.limit)
        saved[name] = max(one.saving, saved.get(name, Fraction(0)))
    of_hire = (saved.pop("hire", Fraction(0)), without.pop("hire", None) or Fraction(0))
    assert saved == without and of_hire[0] <= of_hire[1]
