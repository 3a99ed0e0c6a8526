"""Sentences that several reports share."""

from __future__ import annotations

from optimizer.outcome import Plan, PlanItem
from optimizer.report.numbers import musd, up

VERBS = {"buy": "buy", "rent": "rent", "own": "use"}
OBJECTIVES = {
    "cost": "Cheapest plan",
    "days": "Fastest plan",
    "peak_power": "Plan of lowest peak power",
    "energy": "Plan of least energy",
    "carbon": "Plan of least carbon",
}
TERMS = {
    "accelerators": "accelerators",
    "integration": "chassis, network, storage",
    "spares": "spare parts",
    "freight": "freight and insurance",
    "duty_and_tax": "duty and tax",
    "amortisation": "share of owning the hardware",
    "rent": "rent (power and hall included)",
    "energy": "electricity",
    "colocation": "colocation",
    "maintenance": "maintenance",
    "staff": "staff",
    "site_setup": "site set-up",
}
BASES = {
    "upfront": "upfront (all hardware charged to this run)",
    "amortised": "amortised (this run's share of the hardware's life)",
    "rental": "rental (rented servers only)",
}


def item_words(plan: Plan, item: PlanItem) -> str:
    """ "rent 360 GB200 (5 servers) in FP8"."""
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    servers = f"{item.servers:,} server{'s' * (item.servers != 1)}"
    return (
        f"{VERBS[item.key.procurement]} {item.accelerators:,} {chip.name} ({servers}) in {item.key.precision.upper()}"
    )


def plan_words(plan: Plan) -> str:
    """A plan in one clause: what, how long, how much, how many MW."""
    what = " and ".join(item_words(plan, item) for item in plan.items)
    return f"{what} for {plan.days} days: {musd(plan.cost_usd)}, {up(plan.peak_mw, 3)} MW"


def law_words(plan: Plan, item: PlanItem) -> str:
    """Which export rule lets an accelerator in, and what it takes."""
    policies = {
        "free": "no licence",
        "exception": "licence exception",
        "approval": "licence required, presumption of approval",
    }
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    kind = "not controlled" if item.chip_class == "none" else item.chip_class
    if item.key.procurement != "buy":
        return f"{chip.name} in {plan.setting.country.name}: {kind}; {item.law} (it stands in the country: no import)"
    return f"{chip.name} to {plan.setting.country.name}: {kind}, {policies.get(item.policy, item.policy)}; {item.law}"
