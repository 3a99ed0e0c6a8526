"""Parts of an answer as data, read off the exact result by its attributes; the rounding is part of a field's type.

So no answer rounds by hand, and the type of an answer is its JSON Schema, its data dictionary and its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from optimizer.answers.form.numbers import round_half_even, round_parts, up, up_to_read
from optimizer.domain.base import unit_of


class Shape(BaseModel):
    """A part of an answer. Its fields are read from the attributes of the result that have the same names."""

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        extra="forbid",
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
    )
    leaves_out: ClassVar[bool] = False
    """Whether it leaves out of JSON a field that has nothing in it."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Every field is written, so every one is required; a plan stands where the status says so, and only there."""
        found = handler(core)
        inner = handler.resolve_ref_schema(found)
        fields = inner["properties"]
        if not cls.leaves_out:
            inner["required"] = list(fields)
        with_one = [status for status in fields.get("status", {}).get("enum", ()) if status in ("plan", "largest")]
        if with_one and {"type": "null"} in fields.get("plan", {}).get("anyOf", ()):
            inner["if"] = {"properties": {"status": {"enum": with_one}}}
            inner["then"] = {"properties": {"plan": {"type": "object"}}}
            inner["else"] = {"properties": {"plan": {"type": "null"}}}
        return found


class Sparse(Shape):
    """A part whose empty fields are left out of JSON."""

    leaves_out = True

    @model_serializer(mode="wrap")
    def _filled(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None}


def entry(meaning: str = "", unit: str = "", *, path: str = "", **more: Any) -> Any:
    """A field of a shape: its meaning, its unit, and the attribute that it is read from where that has another name.

    Args:
        meaning: what it is, for the schema and the data dictionary.
        unit: its unit, such as USD or MW.
        path: the attribute to read, through parts if need be: ``key.accelerator``, ``items.0``.
        more: as for :func:`pydantic.Field`, such as ``default``.
    """
    if path:
        first, *others = path.split(".")
        more["validation_alias"] = AliasPath(first, *(int(part) if part.isdigit() else part for part in others))
    return Field(description=meaning or None, json_schema_extra={"unit": unit} if unit else None, **more)


def cell(meaning: str, unit: str = "", **more: Any) -> Any:
    """A column of a table of rows that may be empty."""
    return entry(meaning, unit, default=None, **more)


def like(other: type[BaseModel], name: str, *, path: str = "") -> Any:
    """A field that is a column of another row: its meaning and its unit stand there, and nowhere else."""
    info = other.model_fields[name]
    make = entry if info.is_required() else cell
    return make(info.description or "", unit_of(info), path=path)


def _up(decimals: int) -> BeforeValidator:
    return BeforeValidator(lambda value: up(value, decimals) if isinstance(value, Fraction) else value)


_tonnes = BeforeValidator(lambda value: up_to_read(value, 2) if isinstance(value, Fraction) else value)


def _near(decimals: int) -> BeforeValidator:
    return BeforeValidator(lambda value: round_half_even(value, decimals) if isinstance(value, Fraction) else value)


def _decimal(value: Any) -> Any:
    return Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value


def _cents(value: Any) -> Any:
    exact = isinstance(value, Mapping) and all(isinstance(part, Fraction) for part in value.values())
    return round_parts(value, 2) if exact else value


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal | Fraction) else value


Up1 = Annotated[float, _up(1)]
Up2 = Annotated[float, _up(2)]
"""Rounded up to so many decimals: as a limit, the figure reported suffices."""
Up6 = Annotated[float, _up(6)]
Near1 = Annotated[float, _near(1)]
Near2 = Annotated[float, _near(2)]
"""Rounded to the nearest."""
Near3 = Annotated[float, _near(3)]
Tonnes = Annotated[float, _tonnes]
Near4 = Annotated[float, _near(4)]
Near6 = Annotated[float, _near(6)]
Near9 = Annotated[float, _near(9)]
CellUp2 = Annotated[Decimal, _up(2)]
"""The same as decimals, for rows."""
CellTonnes = Annotated[Decimal, _tonnes]
CellUp6 = Annotated[Decimal, _up(6)]
CellNear1 = Annotated[Decimal, _near(1)]
CellNear2 = Annotated[Decimal, _near(2)]
CellNear3 = Annotated[Decimal, _near(3)]
CellNear4 = Annotated[Decimal, _near(4)]
CellNear6 = Annotated[Decimal, _near(6)]
CellPlain = Annotated[Decimal, BeforeValidator(_decimal)]
"""A fraction as the decimal that it is, to 28 digits, for rows."""
Plain = Annotated[float, BeforeValidator(_plain)]
"""A number as it is."""
Exact = Annotated[str, BeforeValidator(lambda value: value if value is None else str(value))]
"""An exact fraction as text."""
Digits = Annotated[str, BeforeValidator(lambda value: format(value, "f") if isinstance(value, Decimal) else value)]
"""A decimal as text, with all its digits and no exponent."""
CellDigits = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string"}),
]
"""A decimal in rows, and in JSON text with all its digits and no exponent."""
Cents = Annotated[dict[str, float], BeforeValidator(_cents)]
"""Named costs in USD, rounded to the cent so that they still add up to their total."""
Name = Annotated[str, BeforeValidator(str)]
"""The name of a limit, or of whatever else is named by a value, as text."""
Filled = Annotated[str | None, BeforeValidator(lambda value: value or None)]
"""A text, or None where it is empty."""


Found = Annotated[
    Literal["plan", "infeasible"],
    BeforeValidator(lambda plan: plan if isinstance(plan, _OF_JSON) else "infeasible" if plan is None else "plan"),
]
"""Whether there is the plan that it is read off."""
_OF_JSON = (str, int, float, list, dict)
"""What was read back from a file, and is not a plan."""


class Extended:
    """A result with further attributes next to its own, for a shape to be read off: its words, its status."""

    def __init__(self, result: object, **more: Any) -> None:
        self.__dict__.update(more)
        self._result = result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)


def adding(kind: type, **found: Callable[[Any], Any]) -> Any:
    """An attribute of a shape: what it is read off has these further attributes, where it is of that kind.

    Args:
        kind: of the result; anything else, such as what a file holds, is read as it is.
        found: by the name of the attribute, what finds it in the result.
    """

    def add(cls: type, result: object) -> object:
        more = {name: find(result) for name, find in found.items()} if isinstance(result, kind) else {}
        return Extended(result, **more) if more else result

    return model_validator(mode="before")(classmethod(add))  # type: ignore[arg-type]
