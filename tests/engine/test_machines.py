"""Machines smaller than a server: a whole run in one of them, by hand, counted out, and never beside anything else."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commands import Cli
from counted_cases import question
from oracle import answer
from worlds import FROZEN, LIVE, dec, plain_case, plain_catalogue

from optimizer import Infeasible, Plan
from optimizer.answers.words.floor_words import owned_words
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.catalogue.offers import machine_offers
from optimizer.domain import Case, Machine
from optimizer.errors import DataError
from optimizer.exact.option import exact_option
from optimizer.insight.neighbours import alternatives
from optimizer.options.servers import machines_of
from optimizer.plans.fault import FaultKind
from optimizer.plans.verify import verify, violations
from optimizer.solve.planner import plan, prepare

LORA: dict[str, Any] = {"workload": "llama-3.1-8b", "way": "lora", "deadline_days": 180}
SOURCE: dict[str, Any] = {"source": "fictitious", "as_of": "2026-01-01", "verification": "test"}


def machine(devices: int, kw: Any, sold: bool = True) -> tuple[tuple[str, int], Machine]:
    """A machine of the accelerator ``a``, by its key."""
    row = Machine(accelerator="a", devices=devices, server_peak_kw=dec(kw), sold=sold, **SOURCE)
    return ("a", devices), row


def world(frozen: Catalogue, *machines: tuple[tuple[str, int], Machine], **chip: Any) -> Catalogue:
    """Servers of eight with 1 PFLOP/s a device, and machines of fewer."""
    plain = plain_catalogue(frozen, {"a": {"pflops": 1, "usd": 1000, "usd_per_day": 240, "memory_gb": 80, **chip}})
    eight = {"server_devices": 8, "server_peak_kw": dec(8)}
    chips = {name: row.model_copy(update=eight) for name, row in plain.accelerators.items()}
    return replace(plain, accelerators=chips, machines=dict(machines), cache={})


def test_a_machine_of_four_by_hand(frozen: Catalogue) -> None:
    """40 PFLOP/s-days on 4 x 1 PFLOP/s are 10 days; four devices at 1,000 USD. In 9 days it takes a server: 8,000."""
    catalogue = world(frozen, machine(4, 5))
    case = plain_case(40, deadline_days=10, procurement="buy")
    found, short = plan(case, catalogue), plan(case.changed(deadline_days=9), catalogue)
    assert isinstance(found, Plan) and isinstance(short, Plan)
    (item,) = found.items
    assert (item.accelerators, item.servers, item.key.machine, found.days) == (4, 1, 4, 10)
    assert (found.cost_usd, found.peak_kw) == (4000, 5) and verify(found) == []
    assert (short.items[0].accelerators, short.items[0].key.machine, short.days, short.cost_usd) == (8, 0, 5, 8000)


def test_what_is_not_sold_is_owned_or_rented_alone(frozen: Catalogue) -> None:
    """A part of a server is bought by nobody; four that are owned work in it, and twelve in a server of eight."""
    catalogue = world(frozen, machine(4, 5, sold=False))
    bought = plan(plain_case(40, deadline_days=10, procurement="buy"), catalogue)
    assert isinstance(bought, Plan) and bought.items[0].key.machine == 0
    for owned, used in ((3, None), (4, 4), (12, 8)):
        found = plan(plain_case(40, deadline_days=10, procurement="own", owned={"a": owned}), catalogue)
        assert (found.items[0].accelerators if isinstance(found, Plan) else None) == used


def test_a_machine_is_rented_at_its_own_offer(frozen: Catalogue) -> None:
    """240 USD a day in whole servers, 120 in the machine: 40 device-days are 4,800. Without an offer of that size
    there is none, and a price that the user states counts for both."""
    catalogue = world(frozen, machine(4, 5))
    offer = catalogue.hire["BR", "a"]
    small = offer.model_copy(update={"devices": 4, "usd_per_hour": dec(5)})
    offered = replace(catalogue, committed={("BR", "a", "machine-4"): small}, cache={})
    case = plain_case(40, deadline_days=20, procurement="rent")
    for known, cost, size in ((catalogue, 9600, 0), (offered, 4800, 4)):
        found = plan(case, known)
        assert isinstance(found, Plan) and verify(found) == []
        assert (found.cost_usd, found.items[0].key.machine) == (cost, size)
    stated = plan(case.changed(rent={"a": "1"}, max_accelerators=4), offered)
    assert isinstance(stated, Plan) and stated.cost_usd == 960


def test_the_lowest_offer_of_each_size(frozen: Catalogue) -> None:
    """On demand, in a country, without a minimum of days, of exactly that many devices: the lowest."""
    row = next(offer for offer in frozen.offers if offer.accelerator == "a100" and offer.country == "BR")
    known = {("a100", 4): machine(4, 5)[1]}

    def offers(*changes: dict[str, Any]) -> Any:
        return machine_offers([row.model_copy(update={"devices": 4, **change}) for change in changes], known)

    two, one = {"usd_per_hour": dec(2)}, {"usd_per_hour": dec(1)}
    left = ({**one, "country": "*"}, {**one, "min_days": 30}, {**one, "terms": "spot"}, {**one, "devices": 2})
    assert offers(two, *left)["BR", "a100", "machine-4"].usd_per_hour == 2
    assert offers(two, one)["BR", "a100", "machine-4"].usd_per_hour == 1
    assert offers(*left) == {}


def test_a_machine_stands_beside_nothing_else(frozen: Catalogue) -> None:
    """No network joins it to a server: the plan of two kinds that would be cheaper is none, on both sides."""
    catalogue = world(frozen, machine(4, 5))
    case = plain_case(80, deadline_days=10, procurement=("buy", "own"), owned={"a": 4})
    found = plan(case.changed(mix=3), catalogue)
    assert isinstance(found, Plan) and len(found.items) == 1 and found.items[0].key.machine == 0
    problem = prepare(case, catalogue).problem
    places = {(o.key.procurement, o.key.machine): i for i, o in enumerate(problem.options)}
    four, server = places["own", 4], places["buy", 0]
    both = [(four, 1, Fraction(10)), (server, 1, Fraction(10))]
    assert "bracket" in [name for name, _ in violations(problem, both, 10, mix=2)]
    assert "bracket" in [name for name, _ in violations(problem, [(four, 2, Fraction(20))], 10, mix=1)]


def test_a_plan_with_a_larger_machine_than_it_says_is_found_out(frozen: Catalogue) -> None:
    """Eight devices told as a machine of four, and a machine told as a small cluster."""
    found = plan(plain_case(40, deadline_days=10, procurement="buy"), world(frozen, machine(4, 5)))
    assert isinstance(found, Plan)
    (item,) = found.items
    for changed in (replace(item, accelerators=8), replace(item, key=replace(item.key, bracket="small"))):
        assert verify(replace(found, items=(changed,)))
    wrong = verify(replace(found, items=(replace(item, accelerators=8, servers=2),)))
    assert FaultKind.OUTSIDE_BRACKET in {fault.kind for fault in wrong}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.campaign) for seed in range(1, 40))])
def test_random_machines_counted_out(frozen: Catalogue, seed: int) -> None:
    """Machines of 1, 2 and 4, every limit drawn: the plan is the one that counting finds. Six cases here, 240 in the
    campaign."""
    for draw in range(6):
        rng = random.Random(100 * seed + draw)
        sizes = rng.sample([1, 2, 4], rng.randint(1, 3))
        machines = [machine(size, rng.randint(1, 8), rng.random() < 0.7) for size in sizes]
        figures = {"usd": rng.randint(500, 3000), "memory_gb": rng.choice([0.02, 0.1, 80])}
        catalogue = world(frozen, *machines, **figures)
        some = rng.choice([(), ("a", rng.randint(1, 20))])
        fields: dict[str, Any] = {"owned": {some[0]: some[1]}} if some else {}
        if rng.random() < 0.5:
            fields["max_mw"] = dec(rng.randint(1, 20)) / 1000
        if rng.random() < 0.5:
            fields["budget_usd"] = rng.randint(500, 20_000)
        case = plain_case(rng.randint(1, 60), deadline_days=rng.randint(1, 20), mix=rng.choice([1, 1, 2]), **fields)
        ready, found = prepare(case, catalogue), plan(case, catalogue)
        best = answer(question(ready))
        assert isinstance(found, Infeasible) if best is None else found.objective_value == best.value, (seed, draw)


def test_both_sides_have_the_same_machine(live: Catalogue) -> None:
    """Of every machine of a fine-tuning in Switzerland, all columns of the table are the exact figures."""
    ready = prepare(Case(country="CH", **LORA), live)
    table, seen = ready.table, set()
    for place, option in enumerate(table.options):
        if option.key.machine:
            one = exact_option(ready.setting, option.key)
            seen.add(option.key.procurement)
            for name in ("devices", "pflops", "peak_kw", "mean_kw", "tpp", "memory_gb", "min_servers", "max_servers"):
                assert getattr(table, name)[place] == pytest.approx(float(getattr(one, name)), rel=1e-12)
            for name in ("server_usd", "server_day_usd", "capital_usd", "acquired"):
                assert getattr(table, name)[place] == pytest.approx(float(getattr(one, name)), rel=1e-12)
            assert (one.devices, one.min_servers, one.max_servers) == (option.key.machine, 1, 1)
    assert seen == {"buy", "rent"}


def test_a_machine_is_looked_at_only_where_a_run_may_fit(live: Catalogue) -> None:
    """A model of 671B fits in none: not one option more, so nothing is slower. One of 8B by LoRA does; trained on 15T
    tokens it would take any of them more than ten years."""
    headline = Case(country="BR", max_mw=1, deadline_days=180)
    without = replace(live, machines={}, cache={})
    assert prepare(headline, live).table.options == prepare(headline, without).table.options
    assert machines_of(settle(Case(country="BR", **LORA), live))
    whole = settle(Case(country="BR", workload="llama-3.1-8b", tokens_t=60, way="pretrain"), live)
    assert not machines_of(whole)


def test_four_owned_get_a_plan_and_it_is_read_back(command: Cli, live: Catalogue) -> None:
    """The four A100 of a university: a plan, told as one server of four; its file is confirmed, and one that says
    eight is not."""
    flags = ("--data", str(LIVE), "--workload", "llama-3.1-8b", "--way", "lora", "--owned", "a100=4")
    ran = command("plan", *flags, "--procurement", "own", "-q", "-o", "p.json")
    assert ran.status == 0
    text = Path("p.json").read_text(encoding="utf-8")
    assert '"bracket": "machine-4"' in text and "(1 server of 4)" in command("plan", *flags, "-q").out.replace(
        "\n", " "
    )
    assert command("verify", "p.json", "--data", str(LIVE)).status == 0
    Path("p.json").write_text(text.replace('"bracket": "machine-4"', '"bracket": "small"'), encoding="utf-8")
    assert command("verify", "p.json", "--data", str(LIVE)).status != 0
    told = " ".join(owned_words(settle(Case(owned={"a100": 4}, **LORA), live)))
    assert "machines of 1 or 4" in told


def test_a_machine_as_large_as_its_server_is_refused(tmp_path: Path) -> None:
    """Eight of eight are no smaller machine, and an unknown accelerator has none: each is told by its line."""
    for path in FROZEN.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rows = ("accelerator,devices,server_peak_kw,sold,source,as_of", *(f"{one},test,2026-01-01" for one in WRONG))
    (tmp_path / "machines.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_catalogue(tmp_path)
    told = [(problem.line, problem.column) for problem in error.value.problems]
    assert told == [(3, "accelerator"), (2, "devices"), (4, "server_peak_kw")]


WRONG = ("a100,8,1,1", "no_such,4,1,1", "h100,4,99,1")


@pytest.mark.parametrize("evidence", [None, "listed"])
def test_an_accelerator_with_a_plan_is_not_refused_beside_it(live: Catalogue, evidence: str | None) -> None:
    """An answer gives each accelerator and way to have it one row: its plan, or why there is none. Rented in a machine
    of two, one was "not planned for a cluster" in a second row; one with a plan in BF16 had too weak evidence in FP8.
    """
    case = Case(country="MY" if evidence is None else "SG", workload="guanaco-65b", evidence=evidence)
    ready = prepare(case if evidence is None else case.changed(workload="poro-34b"), live)
    found = alternatives(ready, None)
    ways = [(one.accelerator, one.procurement) for one in found]
    assert len(ways) == len(set(ways)) and any(one.plan for one in found)
    assert {(key.accelerator, key.procurement) for key in (each.key for each in ready.problem.options)} <= set(ways)
    if evidence is None:
        assert any(one.plan and one.plan.items[0].key.machine and one.procurement == "rent" for one in found)
