"""Results in a notebook: a card, plain values, a table, a picture; what they say is what the commands say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from optimizer.answers.form.document import Document, Line, Section, grounds_of
from optimizer.answers.plan.answer import cost_chart
from optimizer.answers.plan.planned_row import needs_of
from optimizer.answers.plan.row import plans_of
from optimizer.answers.words.common_words import amount, capital, heading, plan_words, proof_words, stamp
from optimizer.answers.words.none_words import none_lines
from optimizer.errors import UsageError, described
from optimizer.face.frames import floats, frame, frame_of
from optimizer.insight.limits.concessions import suffices
from optimizer.insight.provenance import inputs
from optimizer.plans.notebook_view import Needed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.question.asking import Asked
from optimizer.solve.planner import prepare
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from optimizer.plans.outcome import Outcome
    from optimizer.power.outcome import AnyOutcome
    from optimizer.power.plan import PowerOutcome

CARD = (
    '<div class="optimizer-card" style="max-width:60rem">'
    "<style>.optimizer-card table{{border-collapse:collapse}} .optimizer-card h2{{font-size:1.1em}}"
    " .optimizer-card .num{{text-align:right}} .optimizer-card .good{{font-weight:600}}</style>{content}</div>"
)


class NotebookViewer:
    """Shows every result by its document: that of an answer, or a card of an outcome."""

    def html(self, result: Any) -> str | None:
        """A card; None where jinja2 or matplotlib is not installed: a notebook then shows the line."""
        from optimizer.render.html import fragment

        try:
            return CARD.format(content=fragment(_document(result)))
        except UsageError:
            return None

    def as_dict(self, result: Any) -> dict[str, Any]:
        """The envelope of an answer; of an outcome its row, without empty cells."""
        if isinstance(result, Document):
            from optimizer.answers.form.envelope import envelope

            return dict(envelope(result).model_dump(mode="json"))
        row = frame(_outcome(result)).iloc[0].dropna()
        return {str(name): _plain(value) for name, value in row.items()}

    def as_frame(self, result: Any) -> pd.DataFrame:
        """The rows of an answer, or the one row of an outcome.

        Raises:
            UsageError: an answer without rows.
        """
        if not isinstance(result, Document):
            return floats(frame(_outcome(result)))
        if result.rows is None:
            raise UsageError(say("{question} has no rows", question=result.question))
        return floats(frame_of(result.rows.row_type, result.rows.make()))

    def needs(self, result: Any) -> tuple[Needed, ...]:
        """What each limit alone would have to be."""
        if isinstance(result, Infeasible):
            known = needs_of(prepare(result.setting.asked, result.setting.catalogue), result).items()
            found = [(limit, suffices(value, limit.described.whole)) for limit, value in known if value is not None]
        else:
            from optimizer.insight.limits.of_supply import fed_concessions

            found = [(one.limit, one.needed) for one in fed_concessions(result)]
        return tuple(
            Needed(limit.described.field if limit.described.scope == "case" else str(limit), value, limit.unit)
            for limit, value in found
        )

    def figure(self, result: Any, chart: int) -> Figure:
        """One of the charts.

        Raises:
            UsageError: there is none of that place, or matplotlib is not installed.
        """
        from optimizer.render.svg import figure_of

        charts = _document(result).charts
        if not isinstance(chart, int) or not 0 <= chart < len(charts):
            text = ", ".join(f"{place}: {found.title}" for place, found in enumerate(charts)) or say("none")
            raise UsageError(say("there is no chart {chart}; there are {text}", chart=described(chart), text=text))
        _show_pictures()
        return figure_of(charts[chart])


def _show_pictures() -> None:
    """Have a notebook show a figure as a picture, also one that pyplot has not made."""
    if (shell := sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None) is None:
        return
    from IPython.core.pylabtools import select_figure_formats

    select_figure_formats(shell, {"png"})


def _outcome(result: Any) -> AnyOutcome:
    found: AnyOutcome = result.outcome if isinstance(result, Asked) else result
    return found


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _document(result: Any) -> Document:
    if isinstance(result, Document):
        return result
    found = _outcome(result)
    return card(found) if isinstance(found, Plan | Infeasible) else _fed(found)


def _fed(outcome: PowerOutcome) -> Document:
    """The document of a plan and what feeds it, with nothing next to it."""
    from optimizer.answers.power.answer import document
    from optimizer.power.answer import alone

    return document(alone(outcome))


def card(outcome: Outcome) -> Document:
    """An outcome as a short document: what to do, its cost by part, its limits, the proof. Nothing is solved again."""
    setting = outcome.setting
    if isinstance(outcome, Plan):
        head = [Line(capital(plan_words(outcome)), "good")]
        limits = [
            Line(
                say(
                    "{limit}: {used} of {bound}",
                    limit=use.limit,
                    used=amount(use.unit, use.used),
                    bound=amount(use.unit, use.bound),
                )
            )
            for use in outcome.limits
            if use.bound is not None
        ]
        sections = [Section("", head), Section(say("Cost"), [cost_chart(outcome.cost_terms)])]
        sections.append(Section(say("Limits"), limits))
    else:
        sections = [Section("", list(none_lines(outcome)))]
    proof = [Line(proof_words(outcome)), Line(stamp(setting))]
    return Document(
        question="plan",
        title=heading(setting),
        sections=[*sections, Section(say("Proof"), proof)],
        outputs=_no_outputs,
        grounds=grounds_of(setting, inputs(outcome) if isinstance(outcome, Plan) else ()),
        rows=plans_of(tuple),
        verdict="answer" if isinstance(outcome, Plan) else "infeasible",
    )


def _no_outputs() -> Any:
    raise UsageError(say("a card has no data: use to_dict() of the result"))
