"""Why the plan of several sites is as it is, in words."""

from __future__ import annotations

from optimizer.answers.consortium.words import run_words
from optimizer.answers.plan.explain_words import change_words, cost_words, use_words
from optimizer.answers.words.common_words import less, more
from optimizer.insight.explain_sites import JointStanding, JointWorth
from optimizer.units.language import say


def saving_words(row: JointWorth) -> str:
    """What it saves, or costs more, in the unit of the objective; what is not proven says so."""
    if row.saving is None or row.plan is None:
        return ""
    if row.same:
        return say("nothing changes")
    objective = row.plan.settled.objective
    text = less(objective, row.saving) if row.saving >= 0 else more(objective, -row.saving)
    if row.most is None:
        return text
    most = less(objective, row.most) if row.most >= 0 else more(objective, -row.most)
    return say("{saving} (found in time; one run that was stopped says: {most} is the most)", saving=text, most=most)


def leads_to(row: JointWorth) -> str:
    """The plan that it leads to, or that none was found."""
    if row.plan is not None:
        return say("the same plan") if row.same else run_words(row.plan)
    return say("no plan (proven)") if row.state == "infeasible" else say("not determined in time")


def worth_words(row: JointWorth) -> str:
    """The whole in one clause."""
    text = saving_words(row)
    if row.same:
        return say("{change}: {text}", change=change_words(row), text=text)
    arrow, cost = (" → ", say(": {cost}", cost=cost_words(row))) if text else ("", "")
    return say(
        "{change}: {text}{value}{row}", change=change_words(row), text=text, value=arrow, row=leads_to(row) + cost
    )


def standing_words(standing: JointStanding) -> str:
    """What the plan uses of a limit, and what it costs."""
    used = use_words(standing.use)
    if standing.without.proven and not standing.binds:
        return used
    return say("{used}; {without}", used=used, without=worth_words(standing.without))
