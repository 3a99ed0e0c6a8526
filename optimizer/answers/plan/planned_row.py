"""The row of a case that was planned: of a plan, or of the proof that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from optimizer.answers.form.numbers import round_half_even, round_parts, up, up_to_read
from optimizer.answers.plan.odds_shapes import odds_cells
from optimizer.answers.plan.row import PlanRow, Status, question_cells, stamp_cells
from optimizer.answers.plan.run_shapes import run_cells
from optimizer.answers.plan.shape import RentOut, composition_of, join_texts, rent_out
from optimizer.answers.words.reason_words import reason_words
from optimizer.answers.words.rule_words import buyer_words
from optimizer.case.grades import weakest
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.insight.firmness import plan_grades
from optimizer.insight.limits.needs import needs_if_limits, no_plan
from optimizer.insight.provenance import estimates
from optimizer.plans.outcome import COST_TERMS, Infeasible, LimitUse, Outcome, Plan, PlanItem
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.odds import odds_of


def row_of(case_id: str, ready: Prepared, outcome: Outcome) -> PlanRow:
    """The row of a case that was planned: the one way to make it, for one case and for a million."""
    if isinstance(outcome, Plan):
        return plan_row(case_id, outcome, estimates(outcome), odds_cells(odds_of(outcome, ready)))
    needed = needs_of(ready, outcome)
    return infeasible_row(case_id, outcome, needed, no_plan(ready, outcome, needed))


def needs_of(ready: Prepared, outcome: Infeasible) -> Mapping[Limit, Fraction | None]:
    """What each limit alone would have to be, in its unit; None where the proofs leave that undecided."""
    if ready.setting.case.confidence is None:
        return needs_if_limits(ready, outcome)
    from optimizer.uncertainty.confident import confident_needs  # only a case with a confidence loads the draws

    return confident_needs(ready, outcome)


def plan_row(
    case_id: str, plan: Plan, guesses: tuple[str, ...] = (), odds: Mapping[str, Any] = MappingProxyType({})
) -> PlanRow:
    """The row of a plan, with the cells of its odds where they are known."""
    setting = plan.setting
    costs = round_parts(plan.cost_terms, 2)

    return PlanRow(
        case_id=case_id,
        status="plan",
        proof=plan.proof.kind,
        way=setting.way.id,
        training_flop=setting.training_flop,
        **fleet_cells(plan.items),
        evidence_grade=weakest(plan_grades(plan)),
        **_rents(plan),
        days=plan.days,
        lead_days=plan.lead_days,
        server_days=round_half_even(sum((item.server_days for item in plan.items), Fraction(0)), 3),
        cost_usd=sum(costs.values(), Decimal(0)),
        **odds,
        **run_cells(plan),
        **{f"cost_{name}_usd": costs.get(name, Decimal("0.00")) for name in COST_TERMS},
        capital_usd=up(plan.capital_usd, 2),
        peak_mw=up(plan.peak_mw, 6),
        energy_gwh=up(plan.energy_gwh, 6),
        carbon_t=up_to_read(plan.carbon_t, 2),
        tpp=up(plan.tpp, 1),
        **share_cells(plan.limits),
        depends_on_buyer="; ".join(buyer_words(plan)) or None,
        estimates=";".join(guesses) or None,
        solver=plan.proof.solver,
        gap=Decimal(repr(plan.proof.gap)),
        **question_cells(setting.case),
        **stamp_cells(setting.catalogue),
    )


def fleet_cells(items: tuple[PlanItem, ...]) -> dict[str, Any]:
    """The cells that tell what servers a plan has, of each kind joined by +."""
    return {
        "accelerator": join_texts(items, lambda item: item.key.accelerator),
        "precision": join_texts(items, lambda item: item.key.precision),
        "procurement": join_texts(items, lambda item: item.key.procurement),
        "servers": sum(item.servers for item in items),
        "accelerators": sum(item.accelerators for item in items),
        "composition": composition_of(items),
        "export_rule": join_texts(items, lambda item: item.key.route),
    }


def share_cells(limits: Iterable[LimitUse]) -> dict[str, Decimal]:
    """The cells that say how much of each limit a plan uses, as a ratio of its bound."""
    return {
        column: up(use.share, 6)
        for use in limits
        if (column := use.limit.described.share_column) and use.share is not None
    }


def _rents(plan: Plan) -> dict[str, Any]:
    """The mean rent of a plan over the hours that are rented, and the offers behind it, joined by + where they differ.

    The hours of an item are those of its accelerators: server-days x accelerators of a server.
    """
    found = [(item, rent) for item in plan.items if (rent := rent_out(plan, item)) is not None]
    if not found:
        return {}
    hours = [item.server_days * item.accelerators / item.servers for item, _ in found]
    rents = [Fraction(str(rent.usd_per_hour)) for _, rent in found]
    mean = sum(usd * each for usd, each in zip(rents, hours, strict=True)) / sum(hours)
    columns: dict[str, Any] = {"rent_usd_per_hour": round_half_even(Fraction(mean), 4).normalize()}
    for name in RentOut.model_fields.keys() - {"usd_per_hour"}:
        texts = dict.fromkeys(getattr(rent, name) for _, rent in found)
        columns[f"rent_{name}"] = "+".join(filter(None, texts)) or None
    return columns


def why_cells(why: NoPlan) -> dict[str, Any]:
    """The cells that tell what is the obstacle, from which its words are made again."""
    law = (why.deciding,) if why.cause is Cause.LAW and why.deciding is not None else ()
    deciding = [reason.figure or str(reason.kind) for reason in (*law, *why.figures)]
    return {
        "cause": why.cause,
        "deciding": ";".join(deciding) or None,
        "export_rule": (why.law.rule if why.law else "") or None,
    }


def infeasible_row(case_id: str, outcome: Infeasible, needed: Mapping[Limit, Fraction | None], why: NoPlan) -> PlanRow:
    """The row of a case without a plan: ``needed`` has the least value of each limit, in its unit."""
    setting = outcome.setting
    columns: dict[str, Any] = {}
    for limit, value in needed.items():
        kind = limit.described
        if kind.decimals is not None and value is not None:
            columns[kind.needed_column] = up(value, kind.decimals)
    return PlanRow(
        case_id=case_id,
        status=Status.MISSING if why.lacks_figures else Status.INFEASIBLE,
        **why_cells(why),
        reason=reason_words(why.of_one_rule),
        proof=outcome.proof.kind,
        way=setting.way.id,
        training_flop=setting.training_flop,
        solver=outcome.proof.solver,
        gap=Decimal(repr(outcome.proof.gap)),
        **columns,
        **question_cells(setting.case),
        **stamp_cells(setting.catalogue),
    )
