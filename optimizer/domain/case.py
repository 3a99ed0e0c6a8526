"""One question, made exact: what to train, where, under which limits, and what to minimise."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PlainValidator, ValidationError, field_serializer, model_validator

from optimizer.domain.base import SEPARATORS, Day, Flag, Frozen, Number, Whole, read_words
from optimizer.domain.case_names import meant
from optimizer.domain.case_rents import Rents
from optimizer.domain.rows import Architecture, Precision, Procurement
from optimizer.errors import InputError, UsageError, described
from optimizer.units import MAX_DEADLINE_DAYS, names_in, whole_number
from optimizer.units.language import say

Objective = Literal["cost", "days", "peak_power", "energy", "carbon"]
Basis = Literal["upfront", "amortised", "rental"]
DeadlineFrom = Literal["training", "order"]
Buyer = Literal["private", "public"]
EvidenceGrade = Literal["listed", "derived", "estimate"]

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
BASES: tuple[Basis, ...] = get_args(Basis)


def _read_word(value: Any) -> Any:
    """A word of a short list however it is written: "Peak power" is peak_power, "MoE" is moe."""
    return "_".join(value.lower().replace("-", " ").split()) if isinstance(value, str) else value


def _read_lower_words(value: Any) -> Any:
    """As :func:`read_words`, in lower case: BF16 is bf16."""
    words = read_words(value)
    return tuple(map(_read_word, words)) if isinstance(words, list | tuple) else words


def _read_counts(value: Any) -> Any:
    """Read ``h100=64;a100=128`` (a CSV cell or a flag) or a mapping as pairs sorted by name."""
    if value is None:
        return ()
    if isinstance(value, str):
        pairs = []
        for part in SEPARATORS.split(value):
            if not part.strip():
                continue
            name, sign, count = part.partition("=")
            if not sign or not name.strip() or count.strip().startswith("-"):
                raise ValueError(
                    say("must be accelerator=count pairs separated by ';' or ',', such as h100=64;a100=128")
                )
            try:
                pairs.append((name.strip(), whole_number(count)))
            except ValueError as error:
                written = count.strip()[:40].encode("utf-8", "backslashreplace").decode()  # halves of characters too
                raise ValueError(say("has the count {written}, which {error}", written=written, error=error)) from error
        value = pairs
    if isinstance(value, dict):
        value = list(value.items())
    if not isinstance(value, list | tuple) or not all(isinstance(p, list | tuple) and len(p) == 2 for p in value):
        raise ValueError(say("must be accelerator=count pairs"))
    pairs = [tuple(pair) for pair in value]
    if len({pair[0] for pair in pairs}) != len(pairs):
        raise ValueError(say("has the same accelerator twice"))
    return tuple(sorted(pairs))


FEED_FIELDS = names_in(
    "power off_grid outage random_outages hours_file tariff demand_charge_usd export_usd_per_kwh ppa_usd_per_kwh "
    "diesel_usd_per_litre min_renewable max_carbon_g_per_kwh carbon_usd_per_t pv_yield land_ha pv_max_mw "
    "battery_max_mwh pv_usd_per_kwp battery_usd_per_kwh no_throttle no_pause restart_hours supply_basis "
    "days_of_year start_month reserve"
)
"""What a case says of the feeding of its site, by name: the fields of :class:`optimizer.domain.feed.Feed`, which is
imported only where one of them is said (a test holds the two equal)."""


_MAY_SAY_NOTHING = (str, int, float, Decimal, tuple, list, type(None))


def _read_feed(value: Any) -> Any:
    """Read what feeds the site; nothing said is None."""
    if value is None or (isinstance(value, dict) and not value):
        return None
    from optimizer.domain.feed import Feed

    if not isinstance(value, Feed | dict):
        raise ValueError(say("is given by its own fields, such as outage or min_renewable"))
    if isinstance(value, Feed):
        return value if dict(value.given()) else None
    said = {name: given for name, given in value.items() if not isinstance(given, _MAY_SAY_NOTHING) or given}
    return Feed(**said) if said else None


_AS_WRITTEN = BeforeValidator(_read_word)
CaseNames = Annotated[tuple[str, ...], BeforeValidator(read_words)]
"""Names of accelerators: ``h100;a100`` in a CSV cell or a flag."""


Counts = Annotated[tuple[tuple[str, Annotated[int, Field(ge=0, le=10_000_000)]], ...], BeforeValidator(_read_counts)]
"""Devices by accelerator: ``h100=64;a100=128`` in a CSV cell."""


def no_case(given: object) -> UsageError:
    """What is said of a value that is no case."""
    value = described(given)
    return UsageError.say('a case is given by its fields, such as country="BR", max_mw=1; not as {value}', value=value)


class Case(Frozen):
    """One planning question. A limit that is not given is absent: there is no row for it in the model.

    Names of workloads, countries and accelerators are resolved by the catalogue, aliases included. The fields and their
    units are the columns of a cases file: ``optimizer data show case``. What cannot be read raises an InputError.

    Example:
        >>> import optimizer
        >>> optimizer.Case(country="BR", max_mw=1, deadline_days=150)  # MW, days
        Case(country='BR', max_mw='1', deadline_days=150)
    """

    if not TYPE_CHECKING:  # whose checker knows the fields by their annotations

        def __init__(self, *given: Any, **fields: Any) -> None:
            """The case of these fields.

            Raises:
                InputError: every field that cannot be read, at once.
                UsageError: a value without the name of its field.
            """
            if given:
                raise no_case(given[0])
            try:
                super().__init__(**fields)
            except ValidationError as error:
                from optimizer.domain.row_rules import NO_FIELD, rules_of

                fields = (*type(self).model_fields, *FEED_FIELDS)
                found = rules_of(error, {}, NO_FIELD)
                raise InputError(
                    replace(problem, remedy=problem.remedy or meant(problem.column or "", fields)) for problem in found
                ) from error

        __init__.__pydantic_base_init__ = True  # what reads rows in numbers validates without it

        def __setattr__(self, name: str, value: object) -> None:
            """Refused: a case does not change.

            Raises:
                UsageError: always, with what to write.
            """
            raise UsageError.say("a case does not change: case.changed({name}=...) is another one", name=name)

    def __repr__(self) -> str:
        """Short: the fields that are set."""
        said = self.given()
        said |= said.pop("feed", {})
        return f"Case({', '.join(f'{name}={value!r}' for name, value in said.items())})"

    __str__ = __repr__

    case_id: str = Field("", max_length=200, description="name of the case, repeated in the output")
    workload: str | None = Field(None, description="workload id; the default is in data/defaults.csv")
    params_total_b: Number | None = Field(None, gt=0, le=100_000, description="own workload: parameters in memory, 1e9")
    params_active_b: Number | None = Field(None, gt=0, le=100_000, description="own workload: active parameters, 1e9")
    tokens_t: Number | None = Field(None, gt=0, le=10_000, description="own or changed workload: training tokens, 1e12")
    architecture: Annotated[Architecture, _AS_WRITTEN] | None = Field(None, description="own workload: dense or moe")
    way: str | None = Field(
        None, description="how to train: pretrain, continued, finetune, lora or qlora; the workload's own by default"
    )
    adapter_params_b: Number | None = Field(
        None,
        gt=0,
        le=100_000,
        description="parameters of the adapter of lora or qlora instead of the usual number, 1e9",
    )
    context_tokens: Whole | None = Field(
        None,
        ge=1,
        le=100_000_000,
        description="count attention over sequences of so many tokens; not counted by default",
    )
    layers: Whole | None = Field(
        None, ge=1, le=100_000, description="layers with attention to the whole context, where the data do not say"
    )
    attention_width: Number | None = Field(
        None,
        gt=0,
        le=10_000_000,
        description="width of attention in a layer, where the data do not say: heads x width of a head",
    )
    country: str | None = Field(None, description="ISO 3166-1 alpha-2 code or name of the country of the site")
    objective: Annotated[Objective, _AS_WRITTEN] | None = Field(
        None, description="what to minimise: cost, days, peak_power, energy or carbon"
    )
    basis: Annotated[Basis, _AS_WRITTEN] | None = Field(None, description="costing basis: upfront, amortised or rental")
    max_mw: Number | None = Field(None, gt=0, le=100_000, description="grid limit on the peak of the site, MW")
    deadline_days: Whole | None = Field(
        None, ge=1, le=MAX_DEADLINE_DAYS, description="whole days until the run must be done"
    )
    deadline_from: Annotated[DeadlineFrom, _AS_WRITTEN] | None = Field(
        None, description="the deadline counts from the start of training, or from the order"
    )
    budget_usd: Number | None = Field(None, gt=0, le=Decimal("1e13"), description="maximum cost of the plan, USD")
    max_energy_gwh: Number | None = Field(None, gt=0, le=Decimal("1e9"), description="maximum energy of the run, GWh")
    max_carbon_t: Number | None = Field(
        None, gt=0, le=Decimal("1e12"), description="maximum emissions of that energy, tCO2e"
    )
    max_capital_usd: Number | None = Field(
        None,
        gt=0,
        le=Decimal("1e13"),
        description="maximum landed price of bought hardware, USD, whatever the costing basis",
    )
    max_tpp: Number | None = Field(
        None, gt=0, le=Decimal("1e15"), description="cap on total processing performance, TPP"
    )
    max_training_flop: Number | None = Field(None, gt=0, description="cap on training compute, FLOP")
    max_accelerators: Whole | None = Field(
        None, ge=1, le=10_000_000, description="maximum number of accelerators of all kinds"
    )
    supply: Counts = Field((), description="maximum number of accelerators available of a kind: h100=512;a100=1000")
    owned: Counts = Field((), description="accelerators already owned at the site: a100=64")
    use: CaseNames = Field((), description="only these accelerators")
    avoid: CaseNames = Field((), description="none of these accelerators")
    procurement: Annotated[tuple[Procurement, ...], BeforeValidator(_read_lower_words)] = Field(
        (), description="how servers may be obtained: buy, rent, own; all by default"
    )
    precision: Annotated[tuple[Precision, ...], BeforeValidator(_read_lower_words)] = Field(
        (), description="training precisions allowed: fp16, bf16, fp8 by default"
    )
    mix: Whole | None = Field(
        None, ge=1, le=8, description="how many options (accelerator x precision x procurement) a plan may combine"
    )
    assumptions: str | None = Field(None, description="assumption set")
    rules: str | None = Field(None, description="export rule set")
    date: Day | None = Field(None, description="the day whose law applies; the data's own by default")
    tax_regime: str | None = Field(None, description="tax regime of the country, such as redata")
    import_duty: Number | None = Field(
        None, ge=0, le=2, description="import duty on CIF instead of the country's, as a share"
    )
    pue: Number | None = Field(None, ge=1, le=5, description="power usage effectiveness instead of the country's")
    peak_pue: Number | None = Field(
        None, ge=1, le=5, description="PUE of the hottest hours, which the grid must carry; by default the PUE"
    )
    electricity_usd_per_kwh: Number | None = Field(
        None, ge=0, le=2, description="electricity price instead of the country's, USD/kWh"
    )
    rent_premium: Number | None = Field(
        None, gt=-1, le=10, description="rent at the world's median list price plus this share, not at an offer"
    )
    rent: Rents = Field(
        (), description="own rents, USD per device and hour, each a figure or a range: gb200=9;h100=2:3"
    )
    assume_hire: Flag = Field(
        False, description="rent where no public offer is known, at the world's median list price (needs rent_premium)"
    )
    unreleased: Flag = Field(False, description="plan with accelerators that are not yet sold on the date, too")
    evidence: EvidenceGrade | None = Field(
        None, description="weakest grade of evidence that a plan may rest on: listed, derived or estimate (all)"
    )
    overhead: Number | None = Field(
        None, ge=1, le=100, description="compute of experiments and restarts: 1 is the final run alone"
    )
    staff_fte: Number | None = Field(
        None, ge=0, le=100_000, description="full-time posts that attend the run, instead of those of data/staff.csv"
    )
    engineer_usd_per_year: Number | None = Field(
        None, ge=0, le=5_000_000, description="what an engineer costs a year, USD, instead of the country's"
    )
    buyer: Annotated[Buyer, _AS_WRITTEN] | None = Field(
        None, description="who buys: private (VAT is refunded as to a company) or public (a ministry, a university)"
    )
    site_setup_usd: Number | None = Field(None, ge=0, le=Decimal("1e12"), description="paid once for the site, USD")
    utilisation: Number | None = Field(
        None, gt=0, le=1, description="amortised basis: share of its days that a server is at work, 1 by default"
    )
    feed: Annotated[Any, PlainValidator(_read_feed)] = Field(
        None, description="what feeds the site; its fields are next to the others (optimizer data show feed)"
    )

    @model_validator(mode="before")
    @classmethod
    def _feed_gathered(cls, values: Any) -> Any:
        """The fields of the feed, which stand among the others in a cases file and in flags, in one place."""
        if not isinstance(values, dict) or not (said := [name for name in FEED_FIELDS if name in values]):
            return values
        feed = values.get("feed") or {}
        gathered = dict(feed.given()) if hasattr(feed, "given") else dict(feed)
        rest = {name: value for name, value in values.items() if name not in said}
        return {**rest, "feed": {**gathered, **{name: values[name] for name in said}}}

    @field_serializer("feed")
    def _feed_as_mapping(self, value: Any) -> dict[str, Any] | None:
        return None if value is None else dict(value.given())

    confidence: Number | None = Field(
        None,
        gt=0,
        le=1,
        description="share of 2,000 draws of all uncertain figures in which the plan must satisfy every limit",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        own = (self.params_total_b, self.params_active_b, self.architecture)
        if any(value is not None for value in own):
            if self.workload is not None:
                raise ValueError(
                    say(
                        "gives a named workload and an own workload (params_total_b, params_active_b, "
                        "architecture): give one"
                    )
                )
            if self.params_active_b is None and self.params_total_b is None:
                raise ValueError(
                    say("an own workload needs params_total_b (and params_active_b if it is a mixture of experts)")
                )
            if self.tokens_t is None and self.way is None:
                raise ValueError(say("an own workload needs tokens_t (or a way, whose usual tokens are then taken)"))
        if self.architecture == "moe" and self.params_active_b is None:
            raise ValueError(
                say("architecture moe needs params_active_b: without it, all parameters would be counted as active")
            )
        active, total = self.params_active_b, self.params_total_b
        if active is not None and total is not None and active > total:
            raise ValueError(say("params_active_b must not exceed params_total_b"))
        if self.architecture == "dense" and active is not None and total is not None and active < total:
            raise ValueError(say("params_active_b below params_total_b is a mixture of experts, not dense"))
        if self.context_tokens is None and (self.layers is not None or self.attention_width is not None):
            raise ValueError(say("layers and attention_width are those of attention: give context_tokens with them"))
        if self.use and (both := set(self.use) & set(self.avoid)):
            raise ValueError(say("is both in use and in avoid: {both}", both=", ".join(sorted(both))))
        if self.assume_hire and self.rent_premium is None:
            raise ValueError(
                say("assume_hire needs rent_premium: 0 is the world's median list price, 0.2 is a fifth more")
            )
        return self

    @field_serializer("supply", "owned")
    def _counts_as_mapping(self, value: tuple[tuple[str, int], ...]) -> dict[str, int]:
        return dict(value)

    @field_serializer("rent")
    def _rents_as_mapping(self, value: tuple[tuple[str, Decimal, Decimal], ...]) -> dict[str, str]:
        return {name: f"{low:f}" if low == high else f"{low:f}:{high:f}" for name, low, high in value}

    def changed(self, **changes: Any) -> Case:
        """A copy with other values, validated again."""
        return Case(**{**{name: getattr(self, name) for name in type(self).model_fields}, **changes})

    def given(self) -> dict[str, Any]:
        """The fields that are set, as plain JSON values (decimals as text, exactly)."""
        return {
            name: value
            for name, value in self.model_dump(mode="json").items()
            if value not in (None, "", [], {}, False)
        }

    def digest(self) -> str:
        """SHA-256 of the canonical form: two cases with the same digest are the same question."""
        body = {name: value for name, value in self.given().items() if name != "case_id"}
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


WHOLE_FIELDS = frozenset(name for name, info in Case.model_fields.items() if info.annotation == (Whole | None))
"""The fields that are whole numbers."""
