"""The report of a file of plans: the ranking, the map, what binds, and what each country comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from optimizer.answers.comparisons import ranking
from optimizer.answers.comparisons.row_words import none_of, why_not
from optimizer.answers.form.charts import Bar, Bars, Place, Ranked, WorldMap
from optimizer.answers.form.document import Document, Line, Section, Table, left, right
from optimizer.answers.form.numbers import musd, up
from optimizer.answers.plan.row import used_in
from optimizer.answers.words.limit_words import LIMIT_WORDS
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import brief_words, causes_on_a_map
from optimizer.catalogue import Catalogue
from optimizer.domain import Country
from optimizer.domain.limits import KINDS
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.units.language import Messages, local_number, mark, say, say_many

if TYPE_CHECKING:
    import pandas as pd

MOST_RANKED = 40
"""Places of the ranking that a report shows: the file has the rest."""
MOST_REASONS, MOST_NAMED = 12, 8
NEARLY = 0.95
"""A plan that uses this share of a limit is held by it, or nearly."""
SOURCE_HEADS = (
    *(mark("table"), mark("row"), mark("date"), mark("estimated columns"), mark("checked"), mark("source")),
    mark("licence"),
)


def document(
    known: pd.DataFrame, name: str, by: str | None, sources: Sequence[Sequence[str]], catalogue: Catalogue
) -> Document:
    """The report.

    Args:
        known: the table of plans.
        name: of its file.
        by: the column that is ranked by; by default that of the objective.
        sources: table, row, date, estimated columns, how far checked, source and licence of all that the plans name.
        catalogue: the data, for names.

    Raises:
        UsageError: a column that is not there, or plans of several objectives without ``by``.
    """
    ranked = ranking.document(known, name, by, (), MOST_RANKED, catalogue)
    column = str(ranked.grounds.inputs["by"])
    planned = known[known[column].notna() & (known["status"] == "plan")]
    head = ranked.sections[0]
    rows = [row for row in ranked.rows.make() if isinstance(row, ranking.RankedRow)] if ranked.rows else []
    sections = [
        replace(head, blocks=[*_best(planned, column, catalogue), *head.blocks]),
        Section(say("By country"), list(_by_country(known, planned, column, catalogue))),
        Section(say("Ranking"), [_ranking(rows, column, catalogue)]),
        Section(say("What binds"), list(_binds(planned))),
        Section(say("Without a plan"), list(_reasons(known, catalogue))),
        Section(say("Assumed"), list(map(Line, _assumed(known, catalogue)))),
        Section(
            say("Sources of the figures in the plans"),
            [Table([left(say(head)) for head in SOURCE_HEADS], _gathered(sources))],
        ),
        Section(say("Proof"), [Line(text) for text in _proof(planned)]),
    ]
    return replace(ranked, question="report", title=say("Report of {name}", name=name), sections=sections)


def _ranking(rows: Sequence[ranking.RankedRow], column: str, catalogue: Catalogue) -> Ranked:
    """The ranking, with the names of countries and machines."""

    def case(row: ranking.RankedRow) -> str:
        return _named_case(row.case_id, row.country or "", catalogue)

    return ranking.chart(rows, column, catalogue, case)


def _figure(value: float, column: str, row: pd.Series[Any]) -> str:
    """A figure of a row, or of several like it."""
    if column.endswith("_usd"):
        return musd(used_in({**dict(row), column: value}, column) or Fraction(0))
    return (
        say("{value:,.0f} {value_2}", value=value, value_2=say("days"))
        if column.endswith("days")
        else say("{value:,.4g} {column}", value=value, column=_unit(column))
    )


def _unit(column: str) -> str:
    return ranking.unit_of_column(column)


def _country(code: object, catalogue: Catalogue) -> str:
    row = catalogue.countries.get(str(code))
    return str(code) if row is None else country_words(row)


def _best(planned: pd.DataFrame, column: str, catalogue: Catalogue) -> Iterator[Line]:
    """The best and the last, in a sentence."""
    if not len(planned):
        yield Line(say("No case has a plan."), "bad")
        return
    ordered = planned.sort_values([column, "case_id"])
    first, last = ordered.iloc[0], ordered.iloc[-1]
    yield Line(
        say(
            "Best: {case}: {composition} for {days:,} days, {figure}.",
            case=_case_words(first, catalogue),
            composition=ranking.composition_words(_text(first, "composition"), catalogue),
            days=int(first["days"]) if "days" in first and first["days"] == first["days"] else 0,
            figure=_figure(float(first[column]), column, first),
        ),
        "good",
    )
    if len(ordered) > 1:
        ratio = float(last[column]) / float(first[column]) if first[column] else 0.0
        yield Line(
            say(
                "Last: {case}: {figure}, {ratio:.2f} times the best.",
                case=_case_words(last, catalogue),
                figure=_figure(float(last[column]), column, last),
                ratio=ratio,
            )
        )


def _case_words(row: pd.Series[Any], catalogue: Catalogue) -> str:
    return _named_case(_text(row, "case_id"), _text(row, "country"), catalogue)


def _named_case(name: str, code: str, catalogue: Catalogue) -> str:
    """A case with its country; the country alone where the case is called by its code."""
    country = _country(code, catalogue)
    return country or name if not country or name == code else f"{name} ({country})"


def _text(row: pd.Series[Any], column: str) -> str:
    value = row.get(column)
    return "" if value is None or value != value else str(value)


def _groups(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    if "country" not in table.columns:
        return {}
    return {str(code): rows for code, rows in table.groupby("country") if str(code)}


def _by_country(
    known: pd.DataFrame, planned: pd.DataFrame, column: str, catalogue: Catalogue
) -> Iterator[WorldMap | Table]:
    """The best figure of each country: on a map where there are several, with a table of one row a country."""
    cases, plans = _groups(known), _groups(planned)
    places = []
    whys = {code: why for code in cases if code not in plans and (why := _why(cases[code], catalogue))}
    groups = causes_on_a_map(whys.values())
    for code in cases:
        best, why = float(plans[code][column].min()) if code in plans else None, whys.get(code)
        reported = (brief_words(why), groups[why.cause]) if why else ("" if code in plans else say("no plan"), "")
        places.append(Place(code, _country(code, catalogue), best, *reported))
    places.sort(key=lambda place: (place.value is None, place.value or 0.0, place.name))
    cells = [_country_cells(place, cases[place.code], plans.get(place.code), column, catalogue) for place in places]
    heads = [left(say("country")), right(say("cases")), right(say("plans"))]
    heads += [right(say("lowest cost")), right(say("median cost")), right(say("days")), right("MW")]
    heads += [right(say("meets all limits")), left(say("best plan"))]
    table = Table(heads, cells)
    if len(places) < FEWEST_ON_A_MAP:
        yield from [table] if places else []
        return
    title = say("Best plan of each country, by {column}", column=_COLUMN_WORDS.get(column, column))
    yield WorldMap(title, _unit(column), places, table, list(groups.values()))


def _why(rows: pd.DataFrame, catalogue: Catalogue) -> NoPlan | None:
    """Why a country has no plan in any of its cases, as the first says, where they have one cause in common."""
    first = _cells(rows.iloc[0])
    if "cause" not in rows or rows["cause"].nunique(dropna=False) > 1 or first["cause"] not in tuple(Cause):
        return None
    return none_of(first, catalogue.countries.get(first["country"]), catalogue)


_COLUMN_WORDS: Mapping[str, str] = Messages(
    {"cost_usd": "cost", "days": "days", "peak_mw": "peak power", "energy_gwh": "energy", "carbon_t": "emissions"}
)
"""What a ranking is by, where it is one of the objectives."""


FEWEST_ON_A_MAP = 2


def _country_cells(
    place: Place, rows: pd.DataFrame, found: pd.DataFrame | None, column: str, catalogue: Catalogue
) -> tuple[str, ...]:
    if found is None:
        return (place.name, say("{rows:,}", rows=len(rows)), "0", "", "", "", "", "", place.words)
    best = found.sort_values([column, "case_id"]).iloc[0]
    cost = [_number(found, "cost_usd", of) for of in ("min", "median")]
    return (
        *(place.name, say("{rows:,}", rows=len(rows)), say("{found:,}", found=len(found))),
        *("" if value is None else _figure(value, "cost_usd", best) for value in cost),
        *(_cell(best, "days", "{:,.0f}"), _rounded_up(best, "peak_mw", 3), _share(best, "met_share")),
        ranking.composition_words(_text(best, "composition"), catalogue),
    )


def _number(rows: pd.DataFrame, column: str, of: str) -> float | None:
    if column not in rows.columns or not rows[column].notna().any():
        return None
    return float(getattr(rows[column], of)())


def _cell(row: pd.Series[Any], column: str, form: str) -> str:
    text = _text(row, column)
    return local_number(form.format(float(text))) if text else ""


def _rounded_up(row: pd.Series[Any], column: str, decimals: int) -> str:
    """A figure that is next to a limit: never within one that it exceeds."""
    used = used_in(dict(row), column)
    return "" if used is None else local_number(f"{up(used, decimals):,f}")


def _share(row: pd.Series[Any], column: str) -> str:
    text = _text(row, column)
    return say("{value:.0f} %", value=100 * float(text)) if text else ""


def _binds(planned: pd.DataFrame) -> Iterator[Bars | Table | Line]:
    """For every limit how many plans use it up, or nearly."""
    lines, bars = [], []
    for name, kind in KINDS.items():
        column = kind.share_column
        if not column or column not in planned.columns or not (shares := planned[column].dropna()).size:
            continue
        held, words = int((shares >= NEARLY).sum()), LIMIT_WORDS[name]
        lines.append(
            (
                words,
                say("{shares:,}", shares=len(shares)),
                say("{held:,}", held=held),
                say("{value:.1f} %", value=100 * float(shares.median())),
            )
        )
        bars.append(Bar(words, float(held)))
    if not lines:
        yield Line(say("The file has no column that says how much of a limit a plan uses."))
        return
    heads = [left(say("limit")), right(say("plans that have it")), right(say("use at least 95 % of it"))]
    heads.append(right(say("median use")))
    if not any(bar.value for bar in bars):
        yield Table(heads, lines)
        return
    yield Bars(say("Plans that use at least 95 % of a limit"), say("plans"), bars, Table(heads, lines))


def _reasons(known: pd.DataFrame, catalogue: Catalogue) -> Iterator[Line]:
    """Why cases have no plan: how many by cause; then those with one reason together, the most frequent first."""
    for words, count in ranking.causes_in(known):
        yield Line(say_many("one case: {cause}", "{count:,} cases: {cause}", count, cause=words))
    out = known[known["status"] != "plan"]
    alike: dict[str, list[pd.Series[Any]]] = {}
    for _, row in out.iterrows():
        alike.setdefault(_reason(row, None, catalogue), []).append(row)
    groups: dict[str, list[str]] = {}
    for reported, rows in alike.items():
        codes = {_text(row, "country") for row in rows}
        if len(codes) == 1:
            reported = _reason(rows[0], catalogue.countries.get(codes.pop()), catalogue)
        groups.setdefault(reported, []).extend(_case_words(row, catalogue) for row in rows)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    for reason, names in ordered[:MOST_REASONS]:
        more = say(" and {count:,} more", count=len(names) - MOST_NAMED) if len(names) > MOST_NAMED else ""
        yield Line(f"{', '.join(names[:MOST_NAMED])}{more}: {reason}")
    if (left_out := len(ordered) - MOST_REASONS) > 0:
        yield Line(say_many("one further reason", "{count:,} further reasons", left_out))


def _reason(row: pd.Series[Any], country: Country | None, catalogue: Catalogue) -> str:
    """Why a case has no plan; as the file has it where its cells do not say so."""
    cells = _cells(row)
    return why_not(cells, country, catalogue) or cells.get("reason") or cells["status"]


def _cells(row: pd.Series[Any]) -> dict[str, str]:
    return {str(column): _text(row, str(column)) for column in row.index}


_SETTINGS: Mapping[str, str] = Messages(
    {
        "objective": "objective",
        "basis": "costing basis",
        "workload": "model",
        "assumptions": "assumption set",
        "rules": "export rules",
        "date": "date of the law",
        "data_version": "data",
        "program_version": "program",
    }
)


def _assumed(known: pd.DataFrame, catalogue: Catalogue) -> Iterator[str]:
    """What all cases share, or how they differ; and whether the data of today are those of the plans."""
    for column, words in _SETTINGS.items():
        if column in known.columns and (values := sorted({str(v) for v in known[column].dropna()})):
            shown = ", ".join(values[:MOST_NAMED])
            yield f"{words}: {shown}" + (f", ... ({len(values)})" if len(values) > MOST_NAMED else "")
    digests = set(known["data_sha256"].dropna()) if "data_sha256" in known.columns else set()
    if digests - {catalogue.digest}:
        yield say("The plans were made with other data than those that name countries and sources here.")


def _gathered(sources: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The sources, rows of a table with the same of them in one line, and every address in a line of its own."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for table, name, *rest in sources:
        groups.setdefault((table, *rest), []).append(name)
    lines: list[tuple[str, ...]] = []
    for (table, *rest), names in groups.items():
        addresses, licences = (cell.split(" | ") for cell in rest[-2:])
        licences = licences * (len(addresses) if len(licences) == 1 else 1)
        first, *others = zip(addresses, licences, strict=True)
        lines.append((table, ", ".join(names), *rest[:-2], *first))
        lines += [("", "", *("" for _ in rest[:-2]), *other) for other in others]
    return lines


def _proof(planned: pd.DataFrame) -> Iterable[str]:
    if "proof" in planned.columns:
        gaps = planned["proof_gap_usd"].dropna() if "proof_gap_usd" in planned.columns else ()
        if len(gaps):
            from optimizer.answers.power.words import row_proof_words  # reads in what plans a supply

            words = row_proof_words(max(Fraction(str(gap)) for gap in gaps))
            yield say_many("one plan: {words}", "{count:,} plans: {words}", len(gaps), words=words)
            planned = planned.drop(gaps.index)
        for proof, rows in planned.groupby("proof"):
            words = say("an exact exhaustive search and HiGHS agree")
            if proof != "exhaustive":
                words = say("two runs of HiGHS agree, and the plan is calculated again in fractions")
            yield say_many("one plan: {words}", "{count:,} plans: {words}", len(rows), words=words)
    yield say("optimizer plan with the values of a row gives the same plan again, with all details")
