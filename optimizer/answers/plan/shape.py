"""A plan as data: its servers, days, named costs, limits and proof; and the same as columns of a row."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator

from optimizer.answers.form.numbers import round_half_even
from optimizer.answers.form.shapes import (
    CellTonnes,
    CellUp2,
    CellUp6,
    Cents,
    Exact,
    Extended,
    Name,
    Near6,
    Plain,
    Shape,
    Tonnes,
    Up1,
    Up2,
    Up6,
    adding,
    cell,
    entry,
)
from optimizer.answers.words.proof_words import ended_words
from optimizer.answers.words.reason_words import reason_words
from optimizer.answers.words.rule_words import rule_text
from optimizer.case.rents import rent_of
from optimizer.domain.reasons import CaseWhy, OptionWhy
from optimizer.insight import Answer
from optimizer.plans.outcome import Infeasible, LimitUse, Plan, PlanItem
from optimizer.plans.proof import Proof
from optimizer.units import MAX_DEADLINE_DAYS


class RentOut(Shape):
    """The rent of a kind of server, and on whose word."""

    usd_per_hour: Plain = entry("of one accelerator and hour", "USD/h")
    basis: str = entry(
        "offer: the lowest public on-demand offer in the country; stated: by the user; world: the world's median list"
        " price with the user's premium"
    )
    provider: str | None = entry("who offers it", default=None, path="offer.provider")
    region: str | None = entry("region of the provider", default=None, path="offer.region")
    terms: str | None = entry("terms of the offer", default=None, path="offer.terms")
    as_of: str | None = entry("date of the public list", default=None, path="offer.as_of")


class ItemOut(Shape):
    """One kind of server in a plan."""

    site: str = entry("country of the site", path="key.site")
    accelerator: str = entry(path="key.accelerator")
    precision: str = entry(path="key.precision")
    procurement: str = entry(path="key.procurement")
    route: str = entry("export rule that allows the import", path="key.route")
    bracket: str = entry(
        "size bracket of the cluster; machine-4: one machine of 4 accelerators, smaller than a server",
        path="key.bracket",
    )
    connection: str = entry(
        "mv: within the medium-voltage limit; hv: with a substation; empty: neither", path="key.connection"
    )
    terms: str = entry(
        "of a hire, what it commits to: reserved_1y and reserved_3y are paid for whole years, min_30d for 30 days at"
        " least; machine-4: the offer of a machine of 4; empty: nothing",
        path="key.terms",
        default="",
    )
    servers: int = entry(ge=1, le=10_000_000)
    accelerators: int = entry(ge=1, le=10_000_000)
    spares: Near6 | None = entry("spare devices bought with them, which limits on devices and TPP count", default=None)
    server_days: Near6 = entry("days of work of its servers")
    server_days_exact: Exact = entry("the same as an exact fraction, from which a plan is verified", path="server_days")
    pflops: Near6 = entry("sustained PFLOP/s of its servers")
    chip_class: str
    policy: str
    law: str
    rent: RentOut | None = entry("its rent, and the offer behind it; null for what is not rented", default=None)
    _added = adding(PlanItem, law=rule_text)


class UseOut(Shape):
    """A limit and what the plan uses of it."""

    name: Name = entry(path="limit")
    unit: str
    used: Up6
    bound: Plain | None
    share: Up6 | None = entry("used over bound, rounded up")


class LimitOut(UseOut):
    """The same, and what the limit costs."""

    binding: bool = entry("whether the plan would be better without it", default=False)
    saving_without: float | None = entry("reduction of the objective without it, in the objective's unit", default=None)


class ProofOut(Shape):
    """Why the answer may be believed."""

    kind: str
    solver: str
    solver_status: str
    gap: float
    # differs from run to run: it is read back from older files, and never written
    solver_seconds: Annotated[float | None, BeforeValidator(lambda value: None)] = None
    _added = adding(Proof, solver_status=ended_words)


class PlanOut(Shape):
    """A verified plan."""

    items: tuple[ItemOut, ...] = entry(min_length=1, max_length=8)
    days: int = entry(ge=1, le=MAX_DEADLINE_DAYS)
    lead_days: int
    servers: int
    accelerators: int
    cost_usd: Up2
    cost_terms_usd: Cents = entry("named costs; they add up to cost_usd to the cent", path="cost_terms")
    capital_usd: Up2
    peak_mw: Up6 = entry("rounded up to the watt")
    energy_gwh: Up6
    carbon_t: Tonnes
    tpp: Up1
    limits: tuple[LimitOut, ...]
    proof: ProofOut


def proof_out(proof: Proof) -> ProofOut:
    """A proof in its JSON form."""
    return ProofOut.model_validate(proof)


def rent_out(plan: Plan, item: PlanItem) -> RentOut | None:
    """The rent of a kind of server in its JSON form; None for what is not rented."""
    rent = rent_of(plan.setting, item.key.accelerator, item.key.terms) if item.key.procurement == "rent" else None
    return None if rent is None else RentOut.model_validate(rent)


def plan_or_none(plan: Plan | None) -> PlanOut | None:
    """A plan in its JSON form, if there is one."""
    return plan_out(plan) if plan else None


def plan_out(plan: Plan, answer: Answer | None = None) -> PlanOut:
    """A plan in its JSON form; with its answer, also what each limit costs."""
    saved = {found.limit.limit: found.saving for found in answer.binding} if answer else {}
    items = tuple(ItemOut.model_validate(item).model_copy(update={"rent": rent_out(plan, item)}) for item in plan.items)
    limits = tuple(limit_out(use, saved.get(use.limit)) for use in plan.limits)
    return PlanOut.model_validate(Extended(plan, items=items, limits=limits))


PlanShape = Annotated[PlanOut, BeforeValidator(lambda value: plan_out(value) if isinstance(value, Plan) else value)]
"""A plan as a field of another shape: read off the exact plan."""


def limit_out(use: LimitUse, saved: Fraction | None = None) -> LimitOut:
    """A limit in its JSON form; with what it costs, in the unit of the objective, where that is known."""
    found = LimitOut.model_validate(use)
    if saved is None:
        return found
    return found.model_copy(update={"binding": True, "saving_without": float(round_half_even(saved, 2))})


def join_texts(items: tuple[PlanItem, ...], text: Callable[[PlanItem], str]) -> str:
    """What is said of each kind of server of a plan, each once, joined by +."""
    return "+".join(dict.fromkeys(map(text, items)))


def _of_outcome(value: Any) -> Any:
    if isinstance(value, Infeasible):
        return None
    return plan_out(value) if isinstance(value, Plan) else value


PlanIfAny = Annotated[PlanOut | None, BeforeValidator(_of_outcome)]
"""The plan of an outcome as a field of another shape; null where it is proven that there is none."""


def composition_of(items: tuple[PlanItem, ...]) -> str:
    """ "248xh100/fp8/rent+64xa100/bf16/own": every kind of server of a plan, with its accelerators."""
    return "+".join(f"{i.accelerators}x{i.key.accelerator}/{i.key.precision}/{i.key.procurement}" for i in items)


def _said_of(words: Callable[[tuple[PlanItem, ...]], str]) -> BeforeValidator:
    return BeforeValidator(lambda items: words(items) if isinstance(items, tuple) else items)


def _joined(text: Callable[[PlanItem], str]) -> BeforeValidator:
    return _said_of(lambda items: join_texts(items, text))


class PlanCells(Shape):
    """The columns of a plan, of one kind of server or several, that may not be; read off the ``plan`` of a result."""

    cost_usd: CellUp2 | None = cell("total cost of the run, rounded up", "USD", path="plan.cost_usd")
    days: int | None = cell("whole days of training", "days", path="plan.days")
    peak_mw: CellUp6 | None = cell("peak power of the site, rounded up", "MW", path="plan.peak_mw")
    energy_gwh: CellUp6 | None = cell("energy of the run", "GWh", path="plan.energy_gwh")
    carbon_t: CellTonnes | None = cell("emissions of that energy on the grid's average", "tCO2e", path="plan.carbon_t")
    accelerators: int | None = cell("accelerators of all kinds", "accelerators", path="plan.accelerators")
    accelerator: Annotated[str | None, _joined(lambda item: item.key.accelerator)] = cell(
        "accelerator id; several are joined by +", path="plan.items"
    )
    precision: Annotated[str | None, _joined(lambda item: item.key.precision)] = cell(
        "training precision; several are joined by +", path="plan.items"
    )
    procurement: Annotated[str | None, _joined(lambda item: item.key.procurement)] = cell(
        "buy, rent or own; several are joined by +", path="plan.items"
    )
    composition: Annotated[str | None, _said_of(composition_of)] = cell(
        "every kind: accelerators x accelerator/precision/procurement, joined by +", path="plan.items"
    )
    servers: int | None = cell("servers", "servers", path="plan.servers")
    lead_days: int | None = cell(
        "delivery and licence time, where the deadline counts from the order", "days", path="plan.lead_days"
    )
    proof: str | None = cell(
        "exhaustive: HiGHS and an exact exhaustive search agree; agreed: two HiGHS runs agree, and the plan is exact",
        path="plan.proof.kind",
    )


_WORDS = BeforeValidator(lambda why: reason_words(why) if isinstance(why, OptionWhy | CaseWhy | None) else why)

Why = Annotated[str, _WORDS]
"""Why there is no plan; empty where there is one."""
WhyCell = Annotated[str | None, BeforeValidator(lambda why: why or None), _WORDS]
"""The same; None where there is one."""
