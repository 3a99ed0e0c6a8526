"""Why a plan is as it is: what binds and what it is worth; or why there is none, and what would have to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from optimizer.answers.document import Document, Line, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.explain_outputs import ExplainRow, outputs, rows
from optimizer.answers.explain_words import (
    change_words,
    cost_words,
    fault_words,
    leads_to,
    nothing_binds,
    nothing_less,
    raised_words,
    row_words,
    saving_words,
    standing_words,
)
from optimizer.answers.floor_words import memory_words, owned_words, uncounted_words
from optimizer.answers.none_words import none_lines
from optimizer.answers.odds_words import odds_line, surer_words
from optimizer.answers.out_words import out_lines, out_name
from optimizer.answers.reason_words import UNDETERMINED, no_plan_words, undetermined_words
from optimizer.answers.rule_words import buyer_section
from optimizer.answers.words import capital, heading, part_words, plan_words, proof_words, stamp
from optimizer.domain.reasons import By
from optimizer.insight.explain import Explanation
from optimizer.insight.provenance import inputs
from optimizer.insight.why_not import WhyNot
from optimizer.plans.outcome import Infeasible
from optimizer.uncertainty.outlook import outlook_of
from optimizer.units.language import Messages, say

OUT_BY: Mapping[By, str] = Messages(
    {
        By.LAW: "Excluded by the export rules",
        By.CASE: "Excluded by the request",
        By.DATA: "Not available, or data missing",
        By.LIMITS: "Allowed and available, but over the limits",
    }
)


def document(found: Explanation | WhyNot) -> Document:
    """What binds and what each limit costs; or what is in the way and what would do."""
    setting = found.setting
    if isinstance(found, Explanation):
        why, sections, figures = say("this plan"), list(_plan(found)), inputs(found.outcome)
    else:
        why, sections, figures = say("there is no plan"), list(_no_plan(found)), []
    return Document(
        question="explain",
        title=say("Why {why} · {setting}", why=why, setting=heading(setting)),
        sections=sections,
        outputs=partial(outputs, found),
        **of_case(setting, figures),
        messages=() if isinstance(found, Explanation) else (no_plan_words(found.outcome.why),),
        rows=Rows("explain", "Why this plan, or why there is none", ExplainRow, partial(rows, found)),
        verdict="answer" if isinstance(found, Explanation) else "infeasible",
    )


def _plan(found: Explanation) -> Iterator[Section]:
    outlook = outlook_of(found.outcome)
    head = [Line(capital(plan_words(found.outcome)), "good"), Line(odds_line(outlook), "strong")]
    yield Section("", [*head, *map(Line, surer_words(outlook))])
    binding = [standing_words(one) for one in found.standings if one.binds]
    yield section(say("Binding limits"), binding or [nothing_binds(found)])
    yield section(say("Limits that do not bind"), [standing_words(one) for one in found.standings if not one.binds])
    needs = [memory_words(found.outcome), uncounted_words(found.setting), *owned_words(found.setting)]
    yield section(say("What the model needs, and what is not counted"), needs)
    if found.together is not None:
        yield section(say("What all limits together cost"), [row_words(found.together)])
    yield Section(say("What raising each limit alone would save"), [_worth(found)])
    yield section(say("Licences"), map(row_words, found.licences))
    yield buyer_section([found.outcome])
    yield section(say("Under other export rules"), map(row_words, found.rules))
    each = say("each line is a new plan, proven like the first; no shadow prices are used")
    yield section(say("Proof"), [proof_words(found.outcome), each, stamp(found.setting)])


def _worth(found: Explanation) -> Table:
    cells = [
        (change_words(row), saving_words(row), cost_words(row), "" if row.same else leads_to(row))
        for row in found.worth
    ]
    columns = [left(say("limit raised to")), left(say("saves"), whole=True), right(say("cost")), left(say("leads to"))]
    return Table(columns, cells)


def _raised(outcome: Infeasible) -> bool:
    """Whether more of its limits could do."""
    return outcome.why.over_limits


def _no_plan(found: WhyNot) -> Iterator[Section]:
    outcome = found.outcome
    mixed = (found.setting.case.mix or 1) > 1
    owned = [Line(capital(words)) for words in owned_words(found.setting)]
    yield Section("", [*none_lines(outcome), Line(say("{fault}.", fault=capital(fault_words(found)))), *owned])
    lines = [
        say("{concession} → {plan}", concession=part_words(given), plan=plan_words(given.plan))
        for given in found.concessions
    ]
    yield section(say("Any one of these changes is enough (everything else unchanged)"), lines)
    yield section(say("Not determined"), undetermined_words(found.undetermined))
    which = say("any of these pairs is enough, smallest increase first")
    if mixed:
        which = say("this pair is enough, with the smallest increase")
    yield section(say("No single change is enough; {which}", which=which), map(raised_words, found.pairs))
    if found.together is not None:
        title = say("No two changes are enough; these together are, with the largest increase as small as possible")
        yield section(title, [raised_words(found.together)])
    elif not found.several_determined:
        yield section(say("What several changes would do"), [say(UNDETERMINED)])
    elif _raised(outcome) and not (found.concessions or found.pairs or found.undetermined):
        yield section(say("What would be enough"), [nothing_less(found)])
    yield section(say("Under other export rules"), map(row_words, found.rules))
    for by, title in OUT_BY.items():
        out = out_lines(
            (out_name(one.accelerator, one.procurement), one.reason) for one in found.excluded if one.by is by
        )
        yield section(title, out)
    yield section(say("Proof"), [proof_words(outcome), stamp(found.setting)])
