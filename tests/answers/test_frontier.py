"""The trade-off curve is the one that counting gives: no point too many, none missing, each of them a plan."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import permutations
from typing import Any

import oracle
import pytest
from commands import Cli, one_message, read_back
from counted_cases import question
from worlds import frozen_catalogue

from optimizer import Case, Plan, plan, verify
from optimizer.answers.curves.frontier import FrontierOut, document
from optimizer.answers.form.envelope import schema_of
from optimizer.answers.power.choices import PowerChoicesOut
from optimizer.catalogue import Catalogue
from optimizer.errors import UndecidedError, UsageError
from optimizer.exact.curves import trade_off
from optimizer.insight.curves.axes import AXES, at_least, below
from optimizer.insight.curves.frontier import even_positions
from optimizer.insight.curves.frontier import frontier as curves
from optimizer.solve.planner import prepare

MEASURES = ("cost", "days", "peak_power", "energy", "carbon", "capital")
SMALL: dict[str, dict[str, Any]] = {
    "few servers": {"max_accelerators": 64, "deadline_days": 40},
    "little power": {"max_mw": "0.09", "deadline_days": 120},
    "little money": {"budget_usd": "2e6", "deadline_days": 60, "max_accelerators": 96},
    "little energy": {"max_energy_gwh": "0.02", "deadline_days": 60, "max_accelerators": 96},
    "little hardware": {"max_capital_usd": "1e6", "deadline_days": 60, "max_accelerators": 96},
    "amortised": {"basis": "amortised", "max_accelerators": 48, "deadline_days": 50},
    "bought": {"procurement": ("buy",), "max_accelerators": 80, "deadline_days": 60, "country": "MX"},
    "owned too": {"owned": {"a100": 16}, "max_accelerators": 40, "deadline_days": 100},
    "from the order": {"deadline_from": "order", "max_accelerators": 40, "deadline_days": 120},
    "large model": {"workload": "moe-10k", "use": ("b200",), "deadline_days": 365, "max_accelerators": 250},
}


def small(name: str) -> Case:
    return Case(**{"workload": "dense-small", **SMALL[name]})


@cache
def counted(name: str, first: str, second: str) -> list[tuple[Fraction, Fraction]]:
    """Every plan of one kind of server, counted out, and of their two measures those that none beats."""
    asked = question(prepare(small(name), frozen_catalogue()))
    measures = [oracle.in_whole(asked, measure) for measure in (first, second)]
    x_scale, y_scale = (measure.scale for measure in measures)
    limited = [(oracle.in_whole(asked, measure), bound) for measure, bound in asked.ceilings]
    ceilings = [(measure, bound * measure.scale) for measure, bound in limited]
    # work and speeds in whole numbers, too
    work, *speeds = oracle.all_whole([asked.work, *(way.pflops for way in asked.ways)])
    seen = set()
    for i, way in enumerate(asked.ways):
        for (count,) in oracle._counts(asked, (i,)):
            for days in range(1, asked.deadline_days - way.lead_days + 1):
                if speeds[i] * count * days < work:
                    continue
                if all(measure.of(i, count, days) <= bound for measure, bound in ceilings):
                    x, y = (measure.of(i, count, days) for measure in measures)
                    seen.add((x, y))
    kept: list[tuple[int, int]] = []
    for point in sorted(seen):
        if not kept or point[1] < kept[-1][1]:
            kept.append(point)
    return [(Fraction(x, x_scale), Fraction(y, y_scale)) for x, y in kept]


PAIRS = [
    pytest.param(*pair, id="-".join(pair), marks=() if MEASURES.index(pair[0]) < MEASURES.index(pair[1]) else backwards)
    for backwards in [pytest.mark.campaign]
    for pair in permutations(MEASURES, 2)
]
"""Every two measures; the other way round, which reads the same curve from its other end, in the campaign."""


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_curve_is_what_counting_gives(frozen: Catalogue, name: str, first: str, second: str) -> None:
    """All points and no other, exactly: a beaten one would be bad advice, a missing one a door kept shut."""
    found = trade_off(prepare(small(name), frozen).problem, first, second)
    assert [(x, y) for x, y, _ in found] == counted(name, first, second)


def test_the_curves_counted_are_worth_counting() -> None:
    """If every curve had one point, the test above would prove little."""
    lengths = {name: len(counted(name, "days", "peak_power")) for name in SMALL}
    assert min(lengths.values()) >= 2 and max(lengths.values()) >= 10, lengths


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("first", "second"), [("cost", "days"), ("days", "peak_power"), ("peak_power", "cost")])
def test_every_point_told_is_a_verified_plan_with_these_measures(
    frozen: Catalogue, name: str, first: str, second: str
) -> None:
    """The plan beside a point is that point: its own figures, recomputed, are those of the axes."""
    found = curves(small(name), frozen, first, second, most=10_000)
    exact = counted(name, first, second)
    assert found.count == len(found.points) == len(exact)
    scale = [AXES[axis].per_unit for axis in (first, second)]
    for point, (x, y) in zip(found.points, exact, strict=True):
        assert (point.first * scale[0], point.second * scale[1]) == (x, y)
        assert verify(point.plan) == [] and point.plan.proof.kind == "exhaustive"
        measures = {
            "cost": point.plan.cost_usd,
            "days": point.plan.days + point.plan.lead_days,
            "peak_power": point.plan.peak_kw,
        }
        assert (measures[first], measures[second]) == (x, y)


def test_by_hand(frozen: Catalogue) -> None:
    """100 PFLOP/s-days on one to three bought A100 servers of 1 PFLOP/s: 100, 50 and 34 days; 12 kW each."""
    case = Case(workload="dense-small", use=("a100",), procurement=("buy",), max_accelerators=27, deadline_days=365)
    found = curves(case, frozen, "days", "peak_power")
    told = [(point.first, point.second * 1000) for point in found.points]
    assert told == [(34, 36), (50, 24), (100, 12)]
    # per server 226,957.50; 100 server-days at 23.04 + 19.20 + 13.20; 1,000 a day
    costs = [
        n * Fraction("226957.5") + 100 * Fraction("55.44") + 1000 * days for n, days in ((3, 34), (2, 50), (1, 100))
    ]
    assert [point.plan.cost_usd for point in found.points] == costs
    assert [(p.first, p.second) for p in curves(case, frozen, "cost", "days").points] == list(
        zip(reversed(costs), (100, 50, 34), strict=True)
    )


def test_a_budget_of_a_point_buys_it_and_a_hair_less_does_not(frozen: Catalogue) -> None:
    """``budget`` against days: at each told budget the fastest plan takes the told days, just below it longer."""
    case = small("few servers")
    found = curves(case, frozen, "budget", "days")
    assert found.count > 1
    for point in found.points:
        within = plan(case.changed(objective="days", budget_usd=at_least(point.first, None)), frozen)
        short = plan(case.changed(objective="days", budget_usd=below(point.first, None)), frozen)
        assert isinstance(within, Plan) and within.days == point.second
        assert not isinstance(short, Plan) or short.days > point.second


@pytest.mark.parametrize("spoil", ["drop", "add", "move"])
def test_a_wrong_curve_is_not_told(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    """A point dropped, a beaten one added, one moved: planning it again from both sides finds each of them."""
    true = trade_off

    def wrong(*arguments: Any) -> list[Any]:
        found = true(*arguments)
        if spoil == "drop":
            return found[:1] + found[2:]
        x, y, what = found[1]
        return (
            [found[0], (x, y, what), (x + 1, y - Fraction(1, 10), what), *found[2:]]
            if spoil == "add"
            else [
                found[0],
                (x, y + Fraction(1, 10**6), what),
                *found[2:],
            ]
        )

    monkeypatch.setattr("optimizer.insight.curves.frontier.trade_off", wrong)
    with pytest.raises(UndecidedError):
        curves(small("few servers"), frozen, "cost", "days")


def test_points_are_evenly_chosen_with_both_ends(frozen: Catalogue) -> None:
    """Never more than asked for; the exact number is told all the same."""
    assert even_positions(3, 30) == [0, 1, 2] and even_positions(101, 5) == [0, 25, 50, 75, 100]
    case = Case(workload="moe-10k", use=("b200",), deadline_days=365)
    whole, some = (curves(case, frozen, "days", "peak_power", most=most) for most in (10_000, 4))
    assert some.count == whole.count == len(whole.points) > 4 == len(some.points)
    assert [(p.first, p.second) for p in (some.points[0], some.points[-1])] == [
        (p.first, p.second) for p in (whole.points[0], whole.points[-1])
    ]


@pytest.mark.parametrize("value", ["7", "7000", "12345678901234567890", "1/3", "2000000/365", "0.5"])
@pytest.mark.parametrize("gap", ["1", "1/7", "1e-9", "1e-30"])
@pytest.mark.parametrize("per_unit", [1, 1000])
def test_a_limit_divides_two_neighbours(value: str, gap: str, per_unit: int) -> None:
    """However close they lie: one side is admitted, the other is not."""
    low = Fraction(value)
    high = low + Fraction(gap)
    upper, lower = at_least(low, high, per_unit), below(high, low, per_unit)
    assert lower is not None
    assert low <= Fraction(upper) * per_unit < high and low <= Fraction(lower) * per_unit < high


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "'X'"),
        (("cost",), "'Y'"),
        (("cost", "weight"), "is not an axis"),
        (("cost", "compute", "--tokens-t", "5"), "--tokens-t"),
        (("compute", "compute"), "one measure"),
        (("cost", "budget"), "one measure"),
        (("days", "days"), "one measure"),
        (("compute", "capital"), "no case has it as its objective"),
    ],
)
def test_what_cannot_be_answered_is_said(command: Cli, arguments: tuple[str, ...], word: str) -> None:
    """One message, status 2, nothing on stdout."""
    ran = command("frontier", *arguments, "-q")
    assert ran.status == 2 and word in one_message(ran)


def test_no_plan_no_curve(command: Cli) -> None:
    """Proved infeasible: status 3, said in words, in JSON, and as a table without rows."""
    limits = ("--max-mw", "0.001", "-q")
    ran = command("frontier", "cost", "days", *limits)
    assert ran.status == 3 and "No plan satisfies all limits" in ran.out
    ran = command("frontier", "cost", "days", *limits, "--json")
    assert ran.status == 3 and json.loads(ran.out)["outputs"]["status"] == "infeasible"
    ran = command("frontier", "cost", "days", *limits, "--csv")
    assert ran.status == 3 and len(ran.out.splitlines()) == 1


def test_table_csv_and_json_tell_the_same(command: Cli) -> None:
    """The same points in the three forms; the JSON keeps to its schema and has the same bytes each time."""
    flags = ("--workload", "dense-small", "--max-mw", "0.09", "-q")
    card, table, told = (
        command("frontier", "days", "peak_power", *flags, *form) for form in ((), ("--csv",), ("--json",))
    )
    rows = list(csv.DictReader(io.StringIO(table.out)))
    outputs = json.loads(told.out)["outputs"]
    assert outputs["count"] == len(outputs["points"]) == len(rows) > 3
    for row, point in zip(rows, outputs["points"], strict=True):
        assert float(row["days"]) == point["first"] and float(row["peak_mw"]) == point["second"]
        assert f"{point['plan']['accelerators']:,}" in card.out
    read_back(told.out, FrontierOut)
    assert command("frontier", "days", "peak_power", *flags, "--json").out == told.out
    assert f"{len(rows)} plans" in card.out


def test_a_file_has_its_metadata_beside_it(command: Cli, tmp_path: Any) -> None:
    """Meaning and unit of every column of the CSV, in their order: else the metadata are of another file."""
    ran = command("frontier", "cost", "days", "--workload", "dense-small", "--csv", "-o", "curve.csv")
    assert ran.status == 0 and "curve.metadata.json" in ran.err
    fields = json.loads((tmp_path / "curve.metadata.json").read_text())["resources"][0]["schema"]["fields"]
    header = (tmp_path / "curve.csv").read_text().splitlines()[0].split(",")
    assert [field["name"] for field in fields] == header


def test_the_shipped_data_give_thirty_points(live: Catalogue) -> None:
    """Solved and proved; what is kept of earlier cases is left out. Fewer points: a part of the curve is lost."""
    assert len(curves(Case(country="BR"), live.without_cache(), "days", "peak_power").points) == 30


def test_the_schema_is_shipped(command: Cli) -> None:
    """As that of a plan is; a case that says what feeds its site has a shape of its own."""
    ran = command("data", "show", "schema", "frontier")
    assert json.loads(ran.out) == schema_of({"frontier": FrontierOut | PowerChoicesOut})


def test_a_usage_error_of_the_library(frozen: Catalogue) -> None:
    """From Python, the same refusals."""
    check: Callable[[], Any] = lambda: curves(Case(mix=2), frozen, "capital", "days")  # noqa: E731
    with pytest.raises(UsageError):
        check()
    outputs = document(curves(small("few servers"), frozen, "cost", "days")).outputs()
    assert isinstance(outputs, FrontierOut) and outputs.count > 1


def test_the_curve_of_bought_hardware_is_headed_by_its_name(command: Cli) -> None:
    """Wrong would be its unit alone, next to a cost in the same unit."""
    shown = command("frontier", "cost", "capital", "--procurement", "buy", "-q").out.splitlines()
    assert shown[0].startswith("Cost against price of bought hardware")
    assert "price of bought hardware" in shown[2] and "USD" not in shown[2]
