"""What an adviser adds to the plan of a country: a surer plan, one on firmer evidence, and the cloud abroad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimizer.answers.plan.decision import abroad_words
from optimizer.answers.plan.odds_words import surer_words
from optimizer.answers.words.grade_words import firmer_line
from optimizer.atlas.views import View
from optimizer.batch.cases import entry_of
from optimizer.batch.sweep.grid import Sweep
from optimizer.case.grades import Grade
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import Line
from optimizer.domain import Case
from optimizer.errors import DataError
from optimizer.insight.firmness import firmness
from optimizer.insight.neighbours import cloud
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.uncertainty.outlook import outlook_of
from optimizer.units.language import LANGUAGES, speaking

Advice = Mapping[str, Mapping[str, Sequence[str]]]
"""By name of a case and language, the lines that ``plan`` has of the same case."""
_DECIDED = ("plan", "infeasible", "missing")


def advice(sweep: Sweep, views: Sequence[View], catalogue: Catalogue) -> Advice:
    """The lines of every case of the atlas itself.

    Only of cases of one kind of server without a confidence or a supply: those of others take long, or have none.
    """
    decided = {entry.row["case_id"] for view in views for entry in view.entries if entry.row["status"] in _DECIDED}
    found = {}
    for line in Sweep(sweep.grids[:1], "atlas"):
        entry = entry_of(line) if isinstance(line, Line) else None
        if entry is None or entry.case is None or entry.case_id not in decided or not _is_plain(entry.case):
            continue
        found[entry.case_id] = dict(_lines(entry.case, catalogue))
    return found


def _is_plain(case: Case) -> bool:
    return (case.mix or 1) == 1 and case.confidence is None and case.feed is None


def _lines(case: Case, catalogue: Catalogue) -> Iterator[tuple[str, list[str]]]:
    try:
        ready = prepare(case, catalogue)
    except DataError:  # a figure is missing without which nothing can be prepared: its row says which
        return
    outcome = solve_prepared(ready)
    plan = outcome if isinstance(outcome, Plan) else None
    # whom the law bars from the chips it bars, as a rule, from their use abroad
    run = cloud(ready) if isinstance(outcome, Plan) or not outcome.why.law else None
    outlook, firm = (outlook_of(plan, ready), firmness(ready, plan)) if plan else (None, None)
    for code in LANGUAGES:
        with speaking(code):
            lines = list(surer_words(outlook)) if outlook else []
            if plan and firm and firm.grade is Grade.ESTIMATE:
                lines.append(firmer_line(plan, firm))
            if run is not None:
                lines.append(abroad_words(run, catalogue))
            yield code, lines
