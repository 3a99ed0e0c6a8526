"""Why a plan is as it is, or why there is none, in words."""

from __future__ import annotations

from fractions import Fraction

from optimizer.answers.form.numbers import up, usd
from optimizer.answers.words.common_words import amount, joint_words, less, more, plan_words
from optimizer.answers.words.limit_words import bound_in_words, in_place, limit_words
from optimizer.answers.words.reason_words import no_plan_words, reason_words
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import OF_A_COUNTRY, By, Cause, NoPlan
from optimizer.insight.explain import Explanation, Standing, Worth
from optimizer.insight.explain_sites import JointExplanation, JointWorth
from optimizer.insight.limits.pairs import Joint
from optimizer.insight.why_not import WhyNot
from optimizer.plans.outcome import Infeasible, LimitUse
from optimizer.units.language import and_words, or_words, say, say_many

# -- a case with one thing changed: what was changed, what it saves, where it leads ------------------------------------


def name_words(limit: Limit) -> str:
    """A limit in words; hire alone is that of every kind."""
    if limit.kind != "hire" or limit.accelerator:
        return limit_words(limit)
    text = say("accelerators of one kind available to rent at once")
    return in_place(text, limit) if limit.site else text


def change_words(row: Worth | JointWorth) -> str:
    """What was changed."""
    if isinstance(row.name, tuple):
        return say("without {name}", name=and_words(map(name_words, row.name)))
    if isinstance(row.name, Limit):
        if row.value is None:
            return say("without {name}", name=name_words(row.name))
        return say(
            "{name}: {bound_in}", name=name_words(row.name), bound_in=bound_in_words(row.name, Fraction(row.value))
        )
    if row.kind == "all":
        return say("without any of these limits")
    if row.kind == "only":
        return say("with {name} alone", name=row.name)
    if row.kind == "licence":
        return say("licence refused: {row_name}", row_name=row.name) if row.name else say("every licence refused")
    return say("rules {row_name}", row_name=row.name)


def saving_words(row: Worth) -> str:
    """What it saves, or costs more, in the objective's unit."""
    if row.saving is None or row.plan is None:
        return ""
    if row.same:
        return say("nothing changes")
    if row.saving == 0:
        return say("just as good")
    objective = row.plan.setting.case.objective or "cost"
    return less(objective, row.saving) if row.saving > 0 else more(objective, -row.saving)


def cost_words(row: Worth | JointWorth) -> str:
    """What the plan costs that it leads to."""
    return usd(row.plan.cost_usd) if row.plan else ""


def leads_to(row: Worth) -> str:
    """The plan that it leads to, or why there is none."""
    if row.plan is not None:
        return say("the same plan") if row.same else plan_words(row.plan)
    if isinstance(row.outcome, Infeasible):
        return say("no plan: {causes}", causes=no_plan_words(row.outcome.why))
    return say("not possible: {reason}", reason=reason_words(row.why))


def row_words(row: Worth) -> str:
    """The whole in one clause."""
    text = saving_words(row)
    if row.same:
        return say("{change}: {text}", change=change_words(row), text=text)
    return say(
        "{change}: {text}{value}{row}",
        change=change_words(row),
        text=text,
        value=" → " if text else "",
        row=leads_to(row),
    )


def use_words(use: LimitUse) -> str:
    """ "the grid limit: 0.997 of 1 MW"."""
    assert use.bound is not None
    return say(
        "{name}: {unit} of {bound}",
        name=name_words(use.limit),
        unit=amount(use.unit, use.used).split(" ")[0],
        bound=bound_in_words(use.limit, use.bound),
    )


def standing_words(standing: Standing) -> str:
    """ "the grid limit: 0.997 of 1 MW used; without it $131,507 less → rent 504 ..."."""
    used = use_words(standing.use)
    if not standing.binds:
        return used
    without = standing.without
    return say(
        "{used}; without it {saving} → {without}", used=used, saving=saving_words(without), without=leads_to(without)
    )


def nothing_binds(found: Explanation | JointExplanation) -> str:
    """That no limit alone costs anything, and whether all together do."""
    text = say("no limit alone: without any one of them, this plan is still the best")
    together = found.together is not None and found.together.saving
    return say("{text}, but together they bind", text=text) if together else text


# -- where there is no plan --------------------------------------------------------------------------------------------


def raised_words(joint: Joint) -> str:
    """Limits that would have to give together, by how much at most, and where that leads."""
    return say(
        "{joint} (each at most {worst} times what it is) → {plan}",
        joint=joint_words(joint),
        worst=up(joint.worst, 3),
        plan=plan_words(joint.plan),
    )


def nothing_less(found: WhyNot) -> str:
    """That neither one limit nor several would do."""
    if (found.setting.case.mix or 1) > 1:
        order = found.setting.case.deadline_from == "order"
        left_out = say(" (the deadline, which counts from the order, was not tried)") if order else ""
        return say(
            "no single limit is enough, and no pair of limits, even at a thousand times the values given{left_out}",
            left_out=left_out,
        )
    return say("no single limit is enough, and not all of them together")


def fault_words(found: WhyNot) -> str:
    """Whether the law, the data or the limits are the obstacle, and whether another law would help."""
    helped = [str(row.name) for row in found.rules if row.plan is not None]
    other = (
        say("under {helped} there would be a plan", helped=or_words(helped))
        if helped
        else _not_helped(found.outcome.why)
    )
    why = found.outcome.why
    if why.cause is Cause.LAW and why.over_limits:
        limits = _limits_in_the_way(found) or say("some must change")
        return say(
            "the obstacle is the export rules: {other}; as they are, of the limits {limits}", other=other, limits=limits
        )
    if why.cause is Cause.LAW:
        return say("the obstacle is the export rules, not power, time or budget: {other}", other=other)
    if why.lacks_figures:
        return _figure_fault(why, other)
    if why.cause is Cause.DATA:
        return say("the obstacle is availability, not power, time or budget: {other}", other=other)
    if found.outcome.cause is Cause.COMPUTE_CAP:
        asked, cap = float(found.setting.training_flop), float(found.setting.case.max_training_flop or 0)
        return say(
            "the obstacle is the cap on training compute: {asked:.4g} FLOP needed, {cap:.4g} allowed; {other}",
            asked=asked,
            cap=cap,
            other=other,
        )
    if not why.over_limits:
        return say("the obstacle is the limits, whatever the figures that are not known: {other}", other=other)
    lawful = len({one.accelerator for one in found.excluded if one.by is By.LIMITS})
    lead = say("the obstacle is the limits") if helped else say("the obstacle is the limits, not the export rules")
    return say_many(
        "{lead}: {found}{count} kind of accelerator allowed and available, none within the limits; {other}",
        "{lead}: {found}{count} kinds of accelerator allowed and available, none within the limits; {other}",
        lawful,
        lead=lead,
        found=say("{limits}; ", limits=limits) if (limits := _limits_in_the_way(found)) else "",
        other=other,
    )


def _not_helped(why: NoPlan) -> str:
    """That no other law would help; not as long as a figure is missing."""
    if any(one.kind in OF_A_COUNTRY for one in why.figures) and why.cause is not Cause.LIMITS:
        return say("no other export rule set allows a plan either as long as what is not known is not given")
    return say("no other export rule set allows a plan")


def _figure_fault(why: NoPlan, other: str) -> str:
    """That a figure is the obstacle, and the law, where it bars most accelerators."""
    if why.law is None:
        return say("the obstacle is a figure that is not known, not power, time or budget: {other}", other=other)
    return say(
        "the obstacles are the export rules and a figure that is not known, not power, time or budget: {other}",
        other=other,
    )


def _limits_in_the_way(found: WhyNot) -> str:
    """Which limits would have to give, by name."""
    single = [limit_words(given.limit) for given in found.concessions]
    if single:
        return say("{single} must change", single=or_words(single))
    if found.pairs:
        least = and_words(limit_words(part.limit) for part in found.pairs[0].parts)
        return say("at least two must change, smallest increase: {least}", least=least)
    if found.undetermined:
        return ""
    return say("none of them alone is enough")
