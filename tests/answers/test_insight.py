"""What stands beside an answer is true: every sentence of it is proved here by planning the case that it speaks of."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from compared import same, solved, told_as_data, without

from optimizer import Case, Plan, plan
from optimizer.answers.words.common_words import experience_words
from optimizer.answers.words.reason_words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.domain import BASES
from optimizer.domain.reasons import Reason, ReasonKind
from optimizer.exact.search import search
from optimizer.insight import Answer, answer
from optimizer.insight.provenance import inputs
from optimizer.insight.real_runs import experience
from optimizer.solve.planner import prepare

PLANNED: dict[str, dict[str, Any]] = {
    "rented": {"max_mw": "0.6", "deadline_days": 90},
    "nothing asked": {},
    "bought": {"procurement": ("buy",), "deadline_days": 150, "max_mw": "0.7"},
    "fastest": {"objective": "days", "budget_usd": "1.8e7", "max_mw": "0.7"},
    "lowest peak": {"objective": "peak_power", "deadline_days": 200, "budget_usd": "1e7"},
    "least energy": {"objective": "energy", "deadline_days": 70},
    "least carbon": {"objective": "carbon", "country": "MX", "deadline_days": 300, "max_tpp": "6e6"},
    "amortised": {"basis": "amortised", "deadline_days": 60, "max_accelerators": 200},
    "rental": {"basis": "rental", "deadline_days": 60},
    "from the order": {"deadline_from": "order", "deadline_days": 350, "country": "VN"},
    "with what is owned": {"owned": {"a100": 128}, "deadline_days": 600, "workload": "dense-small"},
    "short supply": {"supply": {"h100": 80, "b200": 48}, "deadline_days": 250},
    "all named": {"use": ("h100", "a100"), "deadline_days": 120},
    "overhead in": {"overhead": "1.5", "deadline_days": 200, "site_setup_usd": "5e5"},
    "under a quota": {"rules": "diffusion-2025", "procurement": ("buy",), "deadline_days": 120, "use": ("h100",)},
    "mixed": {"mix": 2, "workload": "dense-small", "supply": {"h100": 18, "b200": 9}, "deadline_days": 6},
}


@pytest.fixture(scope="module")
def answers(frozen: Catalogue) -> dict[str, Answer]:
    """Every planned case with all that stands beside it, worked out once."""
    return {name: answer(Case(**fields), frozen) for name, fields in PLANNED.items()}


# -- other plans -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLANNED)
def test_the_answer_is_the_plan(answers: dict[str, Answer], frozen: Catalogue, name: str) -> None:
    """What stands beside a plan changes nothing of it."""
    outcome = plan(Case(**PLANNED[name]), frozen)
    assert isinstance(outcome, Plan) and isinstance(answers[name].outcome, Plan)
    assert (outcome.items, outcome.days, outcome.limits) == (
        answers[name].outcome.items,
        answers[name].outcome.days,
        answers[name].outcome.limits,
    )


@pytest.mark.parametrize("name", PLANNED)
def test_the_runner_up_is_the_best_plan_without_the_chosen_accelerators(
    answers: dict[str, Answer], frozen: Catalogue, name: str
) -> None:
    """Planned again with these accelerators avoided: a "next generation" that is not the next would mislead a buyer."""
    told = answers[name]
    assert isinstance(told.outcome, Plan)
    chosen = tuple({item.key.accelerator for item in told.outcome.items})
    case = Case(**PLANNED[name])
    left = tuple(name for name in case.use if name not in chosen)
    if case.use and not left:
        assert told.runner_up is None
        return
    other = solved(case.changed(avoid=(*case.avoid, *chosen), use=left), frozen)
    same(told.runner_up, other)
    if other is not None:
        assert other.objective_value >= told.outcome.objective_value


@pytest.mark.parametrize("name", PLANNED)
def test_each_basis_has_its_best_plan(answers: dict[str, Answer], frozen: Catalogue, name: str) -> None:
    """Planned again under each other basis; the rental one rents, whatever the case says of buying."""
    case = Case(**PLANNED[name])
    assert set(answers[name].bases) == set(BASES) - {case.basis or "upfront"}
    for basis, told in answers[name].bases.items():
        changes = {"procurement": ("rent",)} if basis == "rental" else {}
        same(told, solved(case.changed(basis=basis, **changes), frozen, mixed=True))


@pytest.mark.parametrize("name", PLANNED)
def test_each_assumption_set_has_its_best_plan(answers: dict[str, Answer], frozen: Catalogue, name: str) -> None:
    """Planned again under each other set: "under study-2025: ..." must be what the study's figures give."""
    assert set(answers[name].assumption_sets) == {"study-2025", "study-2025-as-summarised"}
    for assumptions, told in answers[name].assumption_sets.items():
        same(told, solved(Case(**PLANNED[name]).changed(assumptions=assumptions), frozen, mixed=True))


@pytest.mark.parametrize("name", PLANNED)
def test_the_usual_overhead_is_planned(answers: dict[str, Answer], frozen: Catalogue, name: str) -> None:
    """With 1.3 times the compute; not told where the case has it in already."""
    case = Case(**PLANNED[name])
    if (case.overhead or 1) >= Decimal("1.3"):
        assert answers[name].usual_overhead is None
    else:
        same(answers[name].usual_overhead, solved(case.changed(overhead="1.3"), frozen, mixed=True))


@pytest.mark.parametrize("name", [name for name in PLANNED if name != "mixed"])
def test_every_accelerator_and_way_has_a_plan_or_a_reason(
    answers: dict[str, Answer], frozen: Catalogue, name: str
) -> None:
    """Each is planned again alone; the chosen one is marked, and the plans stand in order of the objective."""
    told = answers[name]
    assert isinstance(told.outcome, Plan)
    case = Case(**PLANNED[name])
    assert {a.accelerator for a in told.alternatives} == set(frozen.accelerators)
    values = [a.plan.objective_value for a in told.alternatives if a.plan]
    assert values == sorted(values) and values[0] == told.outcome.objective_value
    chosen = {(item.key.accelerator, item.key.procurement) for item in told.outcome.items}
    assert {(a.accelerator, a.procurement) for a in told.alternatives if a.chosen} == chosen
    for other in told.alternatives:
        assert (other.plan is None) == (other.reason is not None)
        if other.procurement:
            alone = case.changed(use=(other.accelerator,), avoid=(), procurement=(other.procurement,))
            same(other.plan, solved(alone, frozen))


def test_the_reason_of_an_alternative_names_what_it_would_need(frozen: Catalogue) -> None:
    """B200 bought within 60 days under 0.5 MW needs 0.504 MW: with that it has a plan, with 0.001 less it has none."""
    told = answer(Case(max_mw="0.5", deadline_days=60), frozen)
    (b200,) = (a for a in told.alternatives if (a.accelerator, a.procurement) == ("b200", "buy"))
    assert "0.504 MW" in reason_words(b200.reason)
    case = Case(use=("b200",), procurement=("buy",), deadline_days=60)
    assert solved(case.changed(max_mw="0.504"), frozen) and not solved(case.changed(max_mw="0.503"), frozen)
    (gh200,) = (a for a in told.alternatives if (a.accelerator, a.procurement) == ("gh200", "buy"))
    assert gh200.reason == Reason(ReasonKind.NO_PURCHASE_PRICE)


# -- the cloud ---------------------------------------------------------------------------------------------------------


def cheapest_cloud(catalogue: Catalogue, days: int, architecture: str, work: Fraction, memory_gb: Fraction) -> Any:
    """By exhaustion over every rented kind: world rent, no premium, at most 512 devices, the team at 1,000 a day."""
    best = None
    for chip in catalogue.accelerators.values():
        for precision in ("fp16", "bf16", "fp8"):
            row = catalogue.efficiencies.get(("measured", chip.id, precision, architecture))
            tflops = chip.peak_tflops(precision)
            if row is None or tflops is None or chip.rent_usd_per_hour is None or chip.server_devices is None:
                continue
            for least, most, factor in ((1, 255, Fraction(1)), (256, 512, Fraction(3, 4))):
                device = Fraction(tflops) / 1000 * Fraction(row.mfu) * Fraction(row.goodput) * factor
                server = device * chip.server_devices
                for length in range(1, days + 1):
                    servers = max(
                        math.ceil(work / server / length),
                        math.ceil(Fraction(least, chip.server_devices)),
                        math.ceil(memory_gb / Fraction(chip.memory_gb * chip.server_devices)),
                    )
                    devices = servers * chip.server_devices
                    if devices > most:
                        continue
                    cost = work / device * 24 * Fraction(chip.rent_usd_per_hour) + 1000 * length
                    found = (cost, length, devices, chip.id, precision)
                    best = found if best is None or found < best else best
    return best


@pytest.mark.parametrize("days", [40, 60, 90, 365])
def test_the_cloud_by_hand(frozen: Catalogue, days: int) -> None:
    """10,000 PFLOP/s-days at the world rent: B200 at 5 USD an hour, for which 1,250 server-days cost 1.2 million."""
    told = answer(Case(deadline_days=days, max_mw="0.001", budget_usd=1, site_setup_usd="9e9"), frozen).cloud
    best = cheapest_cloud(frozen, days, "moe", Fraction(10_000), Fraction(100 * 16))
    assert told is not None
    assert (told.cost_usd, told.days, told.accelerators, told.accelerator, told.precision) == best
    if days == 60:
        assert told.cost_usd == 1_250 * 8 * 24 * 5 + 41 * 1_000 and told.accelerators == 248


def test_no_cloud_where_none_is_fast_enough(frozen: Catalogue) -> None:
    """512 devices cannot do the large model in a day: silence, not a figure."""
    assert answer(Case(workload="dense-100k", deadline_days=1), frozen).cloud is None


# -- what binds --------------------------------------------------------------------------------------------------------


def least(case: Case, catalogue: Catalogue) -> Fraction | None:
    """The least objective of a case by exhaustive search alone: quick where the deadline is long."""
    ready = prepare(case, catalogue)
    found = search(ready.problem, case.objective or "cost")
    return None if found is None else found.value


@pytest.mark.parametrize("name", [name for name in PLANNED if name != "mixed"])
def test_a_limit_binds_by_just_what_is_told(answers: dict[str, Answer], frozen: Catalogue, name: str) -> None:
    """Without a binding limit the plan is better by the stated saving, without any other it stays the same.

    A case without a deadline has one of ten years, the longest that can be asked.
    """
    told = answers[name]
    assert isinstance(told.outcome, Plan)
    savings = {str(found.limit.limit): found.saving for found in told.binding}
    assert all(saving > 0 for saving in savings.values())
    for use in told.limits:
        if use.limit.kind == "owned":  # more of it cannot be had by lifting a limit
            assert str(use.limit) not in savings
            continue
        case = without(Case(**PLANNED[name]), str(use.limit))
        if case is not None:
            free = least(case, frozen)
            assert free is not None
            assert told.outcome.objective_value - free == savings.get(str(use.limit), 0), use.limit


def test_some_limits_bind(answers: dict[str, Answer]) -> None:
    """Else the test above would prove nothing of the savings: power, deadline, hire and budget each bind somewhere."""
    binding = {found.limit.limit.kind for told in answers.values() for found in told.binding}
    assert {"deadline", "grid", "budget", "supply"} <= binding


def test_a_limit_of_a_mix_that_is_said_to_bind_does(answers: dict[str, Answer], frozen: Catalogue) -> None:
    """For a mix the saving told is the least: without the limit a plan is better by at least that."""
    told = answers["mixed"]
    assert isinstance(told.outcome, Plan) and told.binding
    for found in told.binding:
        case = without(Case(**PLANNED["mixed"]), str(found.limit.limit))
        if case is not None and found.limit.limit.kind != "deadline":
            free = plan(case, frozen)
            assert isinstance(free, Plan)
            assert told.outcome.objective_value - free.objective_value >= found.saving > 0


def figures(found: Answer) -> Iterator[dict[str, Any]]:
    yield from told_as_data(found).provenance["figures"]


@pytest.mark.parametrize("name", ["rented", "bought", "amortised", "from the order", "with what is owned", "mixed"])
def test_every_figure_behind_a_plan_has_source_and_date(answers: dict[str, Answer], name: str) -> None:
    """Without these nobody could check it; each figure stands there once."""
    found = list(figures(answers[name]))
    assert len(found) > 10
    assert all(figure["source"] and figure["as_of"] and figure["value"] for figure in found)
    assert len({figure["name"] for figure in found}) == len(found)


@pytest.mark.parametrize("workload", ["llama-3.1-8b", "llama-3.1-70b"])
def test_what_real_runs_took_is_told(live: Catalogue, workload: str) -> None:
    """Runs took 1 / 1.6 to 1 / 0.6 times the hours of the plan, whatever the size: the size is in the plan itself.

    Wrong: the factor of small models told a second time, as 1 / (0.77 x 0.6).
    """
    case = Case(country="BR", workload=workload, use="h100_sxm5_80", procurement="buy", deadline_days=300)
    outcome = plan(case, live)
    assert isinstance(outcome, Plan)
    told = experience(outcome)
    assert told is not None
    assert (told.low, told.high) == (1 / Fraction("1.6"), 1 / Fraction("0.6"))
    assert told.seen_here and told.seen_on == "A100 and Hopper"
    (size,) = [one for one in inputs(outcome) if one.name == "gain of a doubling of the model's size (Hopper)"]
    assert (size.value, size.is_estimate) == (Decimal("1.099"), False)


@pytest.mark.parametrize(
    ("chip", "deadline", "words"),
    [
        ("gb200_nvl72", 150, "; at most one was on this hardware; at the slow end {} days: after the deadline: see"),
        ("gb200_nvl72", 400, "; at most one was on this hardware: see"),
        ("gb200_nvl72", None, "; at most one was on this hardware: see"),
        ("h100_sxm5_80", None, "times this estimate: see"),
    ],
)
def test_what_no_run_has_shown_is_not_told_as_shown(
    live: Catalogue, chip: str, deadline: int | None, words: str
) -> None:
    """One run on Blackwell is in the band: the others are told as such, and what their slow end does to a deadline.

    A slow end of 1 / 0.6 = 1.67 times the days, rounded up; within the deadline, or with none, it is no warning.
    """
    case = Case(
        country="BR", use=chip, procurement="rent", deadline_days=deadline, max_mw="1" if deadline == 150 else None
    )
    outcome = plan(case, live)
    assert isinstance(outcome, Plan)
    told = experience(outcome)
    assert told is not None
    slow = math.ceil(outcome.days * Fraction(10, 6))
    assert told.slow_days == slow
    assert words.format(slow) in experience_words(told)
    assert experience_words(told).startswith(
        "in 9 of 10 published runs on A100 and Hopper, the actual server-hours were 0.62 to 1.67 times"
    )


def test_assumptions_that_are_no_measurement_tell_no_runs(live: Catalogue) -> None:
    """The study's own figures are not held against runs here: its reproduction says what they are."""
    outcome = plan(Case(country="BR", assumptions="study-2025", deadline_days=120), live)
    assert isinstance(outcome, Plan) and experience(outcome) is None
