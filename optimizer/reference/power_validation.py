"""Results of other programs for the supply of a site, next to ours, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.shapes import Plain, Shape, entry
from optimizer.catalogue import Catalogue
from optimizer.reference.validation_outputs import ValidationRow
from optimizer.units.language import say
from optimizer.validation.comparison import errors_of
from optimizer.validation.power import Held


class HeldOut(Shape):
    """A result of another program next to ours."""

    case: str = entry(path="row.case")
    title: str = entry(path="row.title")
    quantity: str = entry(path="row.quantity")
    unit: str = entry(path="row.unit")
    published: Plain = entry("what the other program has", path="row.value")
    ours: float | None = entry("null where it was not run")
    error: float | None = entry("ours over theirs, less one", "share")
    tolerance: Plain | None = entry(
        "half a unit of the last digit published, or a part in a million", "share", path="row.tolerance"
    )
    within: bool
    not_run: str = entry("why it was not run; empty where it was", path="row.not_run")
    source: str = entry(path="row.source")


class PowerValidationOut(Shape):
    """All results that are compared with ours."""

    reproduced: int = entry("within their tolerance")
    run: int
    not_run: int
    mean_error: float
    max_error: float
    rows: tuple[HeldOut, ...]


def document(found: Sequence[Held], catalogue: Catalogue, cases: Sequence[str] = ()) -> Document:
    """The table; wrong where a result that was run is outside its tolerance."""
    asked = {"what": "power", **({"cases": list(cases)} if cases else {})}
    is_right = all(item.within for item in found if item.ours is not None)
    return Document(
        question="validate",
        title=say("The supply of a site compared with REopt and PyPSA"),
        sections=list(_sections(found)),
        outputs=partial(_outputs, found),
        grounds=Grounds(catalogue, asked, asked),
        rows=Rows("validation", "Published figures beside ours", ValidationRow, partial(_rows, found)),
        verdict="answer" if is_right else "wrong",
    )


def _sections(found: Sequence[Held]) -> Iterator[Section]:
    titles = {item.row.case: item.row.title for item in found}
    ran = [item for item in found if item.ours is not None]
    if ran:
        yield Section(say("Their results, and ours on the same input"), [_table(ran), *_summary(ran)])
    rounded = list(map(Line, _rounded(ran)))
    if rounded:
        yield Section(say("Published with fewer digits"), rounded)
    yield Section(
        say("The cases"), [Line(say("{name}: {title}", name=name, title=title)) for name, title in titles.items()]
    )
    left_out = [
        say("{case}, {quantity}: {not_run}", case=item.row.case, quantity=item.row.quantity, not_run=item.row.not_run)
        for item in found
        if item.ours is None
    ]
    if left_out:
        yield Section(say("Not run"), [Line(text) for text in left_out])


def _rounded(ran: Sequence[Held]) -> Iterator[str]:
    """Results that were published with so few digits that a part in a million cannot be seen: what ours is before it
    is rounded."""
    for item in ran:
        places = _places(item)
        if item.ours is None or float(item.row.tolerance or 0) <= FINE:
            continue
        half = 0.5 * 10.0**-places
        published = float(item.row.value)
        yield say(
            "{case}, {quantity}: published as {published} (every value from {low} to {high} rounds to "
            "this); ours is {ours}",
            case=item.row.case,
            quantity=item.row.quantity,
            published=f"{published:,.{places}f}",
            low=f"{published - half:,.{places + 1}f}",
            high=f"{published + half:,.{places + 1}f}",
            ours=f"{item.ours:,.{places + 3}f}",
        )


FINE = 2e-6
"""A tolerance up to it is that of the calculation, above it that of the digits published."""
TWO_DECIMALS = "published to two decimals"


def _places(item: Held) -> int:
    """Decimals that were published."""
    if item.row.note == TWO_DECIMALS:
        return 2
    return max(0, -int(item.row.value.as_tuple().exponent))


def _summary(ran: Sequence[Held]) -> Iterator[Line]:
    errors = errors_of(item.error for item in ran)
    within = sum(item.within for item in ran)
    yield Line(
        say(
            "{within} of {ran} within their tolerance: a part in a million, or half of the last digit published",
            within=within,
            ran=len(ran),
        )
    )
    yield Line(
        say(
            "mean difference {mean_error}, greatest {max_error}",
            mean_error=_size(errors.mean_error),
            max_error=_size(errors.max_error),
        )
    )


NOTHING = 1e-9
"""A difference below it is one of rounding on this machine or that."""


def _size(error: float) -> str:
    return say("{error:.1e}", error=error) if error >= NOTHING else say("below {nothing:.0e}", nothing=NOTHING)


def _difference(error: float) -> str:
    return say("{error:+.1e}", error=error) if abs(error) >= NOTHING else say("< {nothing:.0e}", nothing=NOTHING)


def _table(ran: Sequence[Held]) -> Table:
    columns = [left(say("case")), left(say("result")), *(right(name, whole=False) for name in ("theirs", "ours"))]
    columns += [
        left(say("unit")),
        right(say("difference"), whole=False),
        right(say("tolerance"), whole=False),
        left(""),
    ]
    rows = []
    for item in ran:
        assert item.ours is not None and item.error is not None
        places = _places(item)
        rows.append(
            (
                item.row.case,
                item.row.quantity,
                f"{float(item.row.value):,.{places}f}",
                f"{item.ours:,.{places}f}",
                item.row.unit,
                _difference(item.error),
                say("{tolerance:.0e}", tolerance=float(item.row.tolerance or 0)),
                "ok" if item.within else "OUTSIDE",
            )
        )
    return Table(columns, rows)


def _outputs(found: Sequence[Held]) -> PowerValidationOut:
    ran = [item for item in found if item.ours is not None]
    errors = errors_of(item.error for item in ran)
    return PowerValidationOut(
        reproduced=sum(item.within for item in ran),
        run=len(ran),
        not_run=len(found) - len(ran),
        mean_error=errors.mean_error,
        max_error=errors.max_error,
        rows=tuple(map(HeldOut.model_validate, found)),
    )


def _rows(found: Sequence[Held]) -> Iterator[ValidationRow]:
    for item in found:
        yield ValidationRow(
            part="power",
            name=item.row.case,
            quantity=item.row.quantity,
            unit=item.row.unit,
            published=float(item.row.value),
            ours=item.ours,
            error=item.error,
            tolerance=None if item.row.tolerance is None else float(item.row.tolerance),
            within=None if item.ours is None else item.within,
            why_not=item.row.not_run or None,
            source=item.row.source,
        )
