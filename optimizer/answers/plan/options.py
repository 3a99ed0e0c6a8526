"""The options considered: every one with its figures and its best plan alone, or the reason why it is excluded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from pydantic import RootModel

from optimizer.answers.form.document import Document, Line, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.form.numbers import musd
from optimizer.answers.form.shapes import CellNear1, CellNear2, CellNear6, CellUp2, CellUp6, Filled, Shape, cell, entry
from optimizer.answers.plan.shape import WhyCell
from optimizer.answers.words.common_words import PROCUREMENT, heading
from optimizer.answers.words.out_words import out_lines
from optimizer.answers.words.reason_words import reason_words
from optimizer.domain.reasons import OptionWhy
from optimizer.insight.candidates import Considered
from optimizer.plans.outcome import Plan
from optimizer.units.language import say


class ConsideredRow(Shape):
    """One option: figures of one server, and the best plan of this option alone."""

    accelerator: str = entry("accelerator id")
    precision: Filled = cell("training precision")
    procurement: Filled = cell("buy, rent or own")
    bracket: str | None = cell("size bracket of the cluster; machine-4: one machine of 4", path="figures.key.bracket")
    connection: Filled = cell(
        "mv: within the medium-voltage limit; hv: with a substation", path="figures.key.connection"
    )
    terms: Filled = cell("terms of a hire: reserved_1y, min_30d, machine-4; empty: on demand", path="figures.key.terms")
    route: str | None = cell("export rule that allows the import", path="figures.key.route")
    devices: int | None = cell("accelerators in a server", "accelerators", path="figures.devices")
    pflops: CellNear6 | None = cell("sustained speed of a server", "PFLOP/s", path="figures.pflops")
    peak_kw: CellNear6 | None = cell("peak facility power of a server", "kW", path="figures.peak_kw")
    mean_kw: CellNear6 | None = cell("mean facility power of a server", "kW", path="figures.mean_kw")
    tpp: CellNear1 | None = cell("total processing performance of a server", "TPP", path="figures.tpp")
    memory_gb: CellNear1 | None = cell("accelerator memory of a server", "GB", path="figures.memory_gb")
    lead_days: int | None = cell(
        "delivery and licence time that counts against the deadline", "days", path="figures.lead_days"
    )
    server_usd: CellNear2 | None = cell("cost per server", "USD", path="figures.server_usd")
    server_day_usd: CellNear2 | None = cell("cost per server and day of work", "USD", path="figures.server_day_usd")
    plan_accelerators: int | None = cell("best plan alone: accelerators", "accelerators", path="plan.accelerators")
    plan_days: int | None = cell("best plan alone: days", "days", path="plan.days")
    plan_cost_usd: CellUp2 | None = cell("best plan alone: cost, rounded up", "USD", path="plan.cost_usd")
    plan_peak_mw: CellUp6 | None = cell("best plan alone: peak power, rounded up", "MW", path="plan.peak_mw")
    reason: WhyCell = cell("why no plan uses it")


class OptionsOut(RootModel[tuple[ConsideredRow, ...]]):
    """Every option of a case: those with a plan first, best first, then those that miss a limit, then what is out."""


def document(found: Considered) -> Document:
    """Every option as a row of a table; the reasons of those that are out follow, one line each."""
    considered = tuple(map(ConsideredRow.model_validate, found.options))
    planned = [(row, one.plan) for row, one in zip(considered, found.options, strict=True) if one.plan is not None]
    out = [(row, one.reason) for row, one in zip(considered, found.options, strict=True) if one.plan is None]
    setting = found.setting
    sizes = [one.bracket for one in setting.catalogue.brackets[setting.assumptions.id]]
    return Document(
        question="options",
        title=say("Options considered · {setting}", setting=heading(setting)),
        sections=[
            Section(
                "",
                [_table(planned) if planned else Line(say("No option is available and meets every limit."), "bad")],
            ),
            section(say("Excluded, and why:"), out_lines(_named(out, (row for row, _ in planned), sizes))),
        ],
        outputs=partial(OptionsOut, considered),
        **of_case(setting),
        rows=Rows("options", "Options considered", ConsideredRow, partial(tuple, considered)),
    )


def _table(rows: Sequence[tuple[ConsideredRow, Plan]]) -> Table:
    cells = [
        (
            row.accelerator,
            _joined(_way(row), row.precision, row.bracket, row.connection, _rent_terms(row)),
            say("{pflops:.2f}", pflops=row.pflops),
            say("{peak_kw:.1f}", peak_kw=row.peak_kw),
            say("{server_usd:,.0f}", server_usd=row.server_usd),
            say("{server_day_usd:,.0f}", server_day_usd=row.server_day_usd),
            say(
                "{plan_accelerators:,} for {plan_days} days",
                plan_accelerators=row.plan_accelerators,
                plan_days=row.plan_days,
            ),
            musd(plan.cost_usd),
        )
        for row, plan in rows
    ]
    figures = [right(name) for name in ("PFLOP/s", "kW", say("USD/server"), say("USD/day"))]
    return Table(
        [
            left(say("accelerator")),
            left(say("procurement, precision, size of the cluster")),
            *figures,
            left(say("best plan with it alone")),
            right(say("cost")),
        ],
        cells,
    )


def _named(
    out: Sequence[tuple[ConsideredRow, OptionWhy | None]], planned: Iterable[ConsideredRow], sizes: Sequence[str]
) -> Iterator[tuple[str, OptionWhy | None]]:
    """What is out by name, once for all sizes of cluster; where some size has a plan or another reason, with these.

    Args:
        sizes: of clusters, in their order.
    """
    brackets: dict[str, dict[str, list[str]]] = {_name(row): {"": []} for row in planned}
    whys: dict[str, OptionWhy | None] = {}
    for row, why in out:
        words = reason_words(why)
        whys.setdefault(words, why)
        brackets.setdefault(_name(row), {}).setdefault(words, []).append(row.bracket or "")
    for name, by_reason in brackets.items():
        for words, here in by_reason.items():
            named = [*(size for size in sizes if size in here), *(size for size in here if size and size not in sizes)]
            if words:
                yield (f"{name} ({', '.join(named)})" if named and len(by_reason) > 1 else name), whys[words]


def _name(row: ConsideredRow) -> str:
    return _joined(row.accelerator, _way(row), row.precision)


def _way(row: ConsideredRow) -> str:
    """How its servers are had."""
    return PROCUREMENT[row.procurement] if row.procurement else ""


def _rent_terms(row: ConsideredRow) -> str | None:
    """The terms of a hire, where the size bracket has not said them: those of a machine are its name."""
    return None if row.terms == row.bracket else row.terms


def _joined(*words: str | None) -> str:
    return " ".join(filter(None, words))
