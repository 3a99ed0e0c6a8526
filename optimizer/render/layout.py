"""How rows are laid out for whoever opens them: the decimal sign, the separator, the mark of UTF-8, which columns."""

from __future__ import annotations

from pydantic import BaseModel

from optimizer.catalogue.tables import suggestion
from optimizer.errors import UsageError
from optimizer.units.language import say
from optimizer.units.records import dataclass

MOST_SHORT = 12
"""Columns of the short view."""
_COMMA_LANGUAGES = "bg cs da de el es fi fr hr hu id it ka kk nb nl nn no pl pt ro ru sk sl sr sv tr uk uz vi"
_COMMA = frozenset(_COMMA_LANGUAGES.split())
"""Languages whose numbers have a decimal comma, but for the countries below. Source: Unicode CLDR, decimal symbol of
the Latin digits."""
_POINT_LANGUAGES = "am bn en fa fil he hi ja ko ms sw ta th ur zh"
_POINT = frozenset(_POINT_LANGUAGES.split())
"""Languages whose numbers have a decimal point. Same source."""
_OTHER_SIGN = """
    de-CH de-LI en-AT en-BE en-CZ en-DE en-DK en-EE en-ES en-FI en-FR en-GE en-HU en-ID en-IT en-LT en-LV en-NL en-NO
    en-PL en-PT en-RO en-SE en-SI en-SK en-UA en-ZA es-BR es-BZ es-CU es-DO es-GT es-HN es-MX es-NI es-PA es-PE es-PR
    es-SV es-US fr-RW it-CH ms-BN ms-ID sw-CD
"""
_OTHERWISE = frozenset(_OTHER_SIGN.split())
"""Locales with the other sign than their language has elsewhere. Same source."""


@dataclass(frozen=True)
class Layout:
    """How rows are written down. The default is for programs: a decimal point, commas, all columns."""

    decimal_comma: bool = False
    for_people: bool = False
    """Whether the file begins with the mark by which a spreadsheet knows that it is UTF-8."""
    columns: tuple[str, ...] = ()
    """Only these; empty for all."""

    @property
    def separator(self) -> str:
        """Between two cells."""
        return ";" if self.decimal_comma else ","

    @property
    def words(self) -> str:
        """What distinguishes it, for a journal; empty for the default."""
        signs = say(" with decimal commas") if self.decimal_comma else say(" for people") if self.for_people else ""
        return signs + (f" of {','.join(self.columns)}" if self.columns else "")

    def names(self, row_type: type[BaseModel]) -> tuple[str, ...]:
        """The columns to write of a type of rows."""
        return self.columns or tuple(row_type.model_fields)


PLAIN = Layout()


def layout_of(locale: str | None, columns: str | None, row_type: type[BaseModel] | None) -> Layout:
    """The layout that two flags ask for.

    Args:
        locale: language and country of who reads, such as pt-BR; None: for programs.
        columns: ``short``, ``all`` or names with commas between them; None is all.
        row_type: of the rows; None where there are none.

    Raises:
        UsageError: an unknown locale or column.
    """
    chosen = _columns(columns, row_type) if columns and row_type is not None else ()
    if locale is None:
        return Layout(columns=chosen)
    return Layout(has_decimal_comma(locale), True, chosen)


def has_decimal_comma(locale: str) -> bool:
    """Whether people of a locale write 0,5 (pt-BR) or 0.5 (es-MX).

    Raises:
        UsageError: the language is not known.
    """
    language, _, country = locale.strip().replace("_", "-").partition("-")
    language, country = language.lower(), country.partition(".")[0].upper()
    if language not in _COMMA | _POINT or (country and not (country.isalnum() and len(country) in (2, 3))):
        known = ", ".join(sorted(_COMMA | _POINT))
        raise UsageError.say(
            '--csv-for "{locale}": write language and country, such as pt-BR or es-MX; known: {known}',
            locale=locale,
            known=known,
        )
    return (language in _COMMA) != (f"{language}-{country}" in _OTHERWISE)


def short_columns(row_type: type[BaseModel]) -> tuple[str, ...]:
    """The columns of the short view, a dozen at most: those of its own question first, then what a plan is.

    Of a table without plans, the first dozen: there a column such as ``accelerator`` says what the row is of.
    """
    from optimizer.answers.plan.row import COLUMNS, SHORT

    known = tuple(row_type.model_fields)
    if "cost_usd" not in known:
        return known[:MOST_SHORT]
    own = [name for name in known if name not in COLUMNS]
    of_plan = [name for name in SHORT if name in known]
    return tuple([*own, *of_plan][:MOST_SHORT])


def _columns(text: str, row_type: type[BaseModel]) -> tuple[str, ...]:
    known = tuple(row_type.model_fields)
    if text == "all":
        return ()
    if text == "short":
        return short_columns(row_type)
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in known:
            hint = suggestion(name, dict.fromkeys(known))
            raise UsageError.say(
                '--columns: there is no column "{name}"; {hint} (short: the main columns)', name=name, hint=hint
            )
    return names
