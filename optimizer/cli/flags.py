"""The flags that make a case: one for every field, for plan and options alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.domain.limits import KINDS, KindName
from optimizer.errors import DataError, Problem, UsageError
from optimizer.units import is_day, read_days, read_usd

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def _of_limit(kind: KindName, metavar: str, words: str) -> tuple[str, str, str, str]:
    """The flag of a limit, as the vocabulary has it."""
    return KINDS[kind].field, KINDS[kind].flag, metavar, words


# field, flag, metavar, help
_FLAGS: tuple[tuple[str, str, str, str], ...] = (
    ("workload", "--workload", "ID", "What to train (optimizer data list workloads)."),
    ("params_total_b", "--params-total-b", "N", "Own workload: parameters held in memory, in 1e9."),
    ("params_active_b", "--params-active-b", "N", "Own workload: parameters active per token, in 1e9."),
    ("tokens_t", "--tokens-t", "N", "Training tokens, in 1e12 (own workload, or another count for a known one)."),
    ("architecture", "--architecture", "WORD", "Own workload: dense or moe."),
    ("way", "--way", "WORD", "How: pretrain, continued, finetune, lora or qlora (optimizer data list ways)."),
    ("adapter_params_b", "--adapter-params-b", "N", "Parameters of the adapter of lora or qlora, in 1e9."),
    ("country", "--country", "CODE", "Country of the site: BR, Brazil, ..."),
    ("objective", "--objective", "WORD", "cost, days, peak_power, energy or carbon."),
    ("basis", "--basis", "WORD", "Costing basis: upfront, amortised or rental."),
    _of_limit("grid", "MW", "Grid limit on the peak of the site."),
    _of_limit(
        "deadline",
        "TIME",
        "Deadline: 120d, 17w, 4 months (30 days each) or a date, 2027-03-31 (then counted from the order).",
    ),
    (
        "deadline_from",
        "--deadline-from",
        "WORD",
        "The deadline counts from training, or from the order (delivery and licence in).",
    ),
    _of_limit("budget", "USD", "Most that the plan may cost: 5000000, 5M."),
    _of_limit("energy", "GWH", "Most energy that the run may take, GWh."),
    _of_limit("carbon", "TONNES", "Most that this energy may emit, tCO2e on the grid's average."),
    _of_limit("capital", "USD", "Most that the bought servers may be worth as landed, on any costing basis: 10M."),
    _of_limit("tpp", "TPP", "Cap on total processing performance."),
    _of_limit("training_flop", "FLOP", "Cap on training compute, such as 1e25."),
    _of_limit("accelerators", "N", "Most accelerators of any kind."),
    _of_limit("supply", "LIST", "Most accelerators to be had of a kind: 'h100=512;a100=1000'."),
    _of_limit("owned", "LIST", "Accelerators already owned at the site: 'a100=64'."),
    ("use", "--use", "LIST", "Only these accelerators: 'h100;h200'."),
    ("avoid", "--avoid", "LIST", "None of these accelerators."),
    ("procurement", "--procurement", "LIST", "How servers may be had: 'buy;rent;own'."),
    ("precision", "--precision", "LIST", "Training precisions: 'fp16;bf16;fp8' (nvfp4 is experimental)."),
    ("mix", "--mix", "K", "How many kinds of server (accelerator x precision x procurement) a plan may combine."),
    ("assumptions", "--assumptions", "ID", "Assumption set (optimizer data list assumptions)."),
    ("rules", "--rules", "ID", "Export rule set (optimizer data list rules)."),
    ("date", "--date", "DAY", "The day whose law holds, YYYY-MM-DD; that of the data by default."),
    ("tax_regime", "--tax-regime", "ID", "Tax regime of the country, such as redata."),
    ("import_duty", "--import-duty", "SHARE", "Import duty on CIF in place of the country's, such as 0.05."),
    ("pue", "--pue", "RATIO", "Power usage effectiveness in place of the country's."),
    ("electricity_usd_per_kwh", "--electricity", "USD", "Electricity price per kWh in place of the country's."),
    ("rent_premium", "--rent-premium", "SHARE", "Premium over the world rent in place of the country's, such as 0.2."),
    ("overhead", "--overhead", "RATIO", "Compute of experiments and restarts: 1 is the final run alone, 1.3 is usual."),
    ("site_setup_usd", "--site-setup", "USD", "Paid once for the site."),
    ("utilisation", "--utilisation", "SHARE", "Amortised basis: share of its days that a server is at work; 1."),
)
FLAG_OF = {field: flag for field, flag, _, _ in _FLAGS} | {"assume_hire": "--assume-hire", "case_id": "--case-id"}
"""Field of the case -> its flag."""


def case_flags(command: CommandT) -> CommandT:
    """Add a flag for every field of a case."""
    named = click.option("--case-id", metavar="NAME", help="Name of the case, repeated in the output.")
    return field_flags(named(command))


def field_flags(command: CommandT, *, multiple: bool = False) -> CommandT:
    """Add a flag for every field of a case but its name; with ``multiple`` each may be repeated and is a tuple."""
    decorated: Any = command
    decorated = click.option(
        "--assume-hire", is_flag=True, help="Take accelerators as for hire where that is unknown (with --rent-premium)."
    )(decorated)
    for field, flag, metavar, words in reversed(_FLAGS):
        decorated = click.option(flag, field, metavar=metavar, help=words, multiple=multiple)(decorated)
    result: CommandT = decorated
    return result


def case_of(values: dict[str, Any], catalogue: Catalogue, today: str) -> Case:
    """The case that the flags make, its names known to the catalogue.

    Raises:
        UsageError: every flag that cannot be read or names something unknown, at once.
    """
    return checked(stated_case(values, catalogue, today), catalogue)


def stated_case(values: dict[str, Any], catalogue: Catalogue, today: str) -> Case:
    """The case that the flags make, its names and values not yet held against one another.

    Raises:
        UsageError: with every problem, by flag.
    """
    from pydantic import ValidationError

    from optimizer.catalogue.tables import problems_of
    from optimizer.domain import Case
    from optimizer.domain.case import doubtful

    said = {field: value for field, value in values.items() if value not in (None, False)}
    problems: list[Problem] = [
        Problem(rule, column=field, value=said.pop(field))
        for field in list(said)
        if field != "case_id" and isinstance(said[field], str) and (rule := doubtful(field, said[field]))
    ]
    if is_day(str(said.get("deadline_days", ""))):
        said.setdefault("deadline_from", "order")  # a day of the calendar comes whether or not delivery is late
    readers: dict[str, Callable[[str], Any]] = {
        "deadline_days": partial(read_days, today=today),
        **{kind.field: read_usd for kind in KINDS.values() if kind.field and kind.unit == "USD"},
        "site_setup_usd": read_usd,
    }
    for field, read in readers.items():
        if field in said:
            try:
                said[field] = read(said[field])
            except ValueError as error:
                problems.append(Problem(str(error), column=field, value=said.pop(field)))
    try:
        case = Case(**said)
    except ValidationError as error:
        problems += problems_of(error, None)
        problems += _unknown_names(said, catalogue)
    if problems:
        raise usage(DataError(problems))
    return case


def _unknown_names(said: dict[str, Any], catalogue: Catalogue) -> Iterator[Problem]:
    """The names that the catalogue does not know, where the case as a whole could not be made."""
    for field in ("country", "workload", "way", "assumptions", "rules"):
        if field in said:
            try:
                catalogue.find(field, said[field], field)
            except DataError as error:
                yield from error.problems


def usage(error: DataError) -> UsageError:
    """The problems of a case that was given in flags, each with its flag."""
    lines = []
    for problem in error.problems:
        rule = re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda word: FLAG_OF.get(word[0], word[0]), problem.rule)
        problem = replace(problem, rule=rule)
        flag = FLAG_OF.get(problem.column or "", "")
        value = f' "{problem.value}"' if problem.value is not None and flag else ""
        remedy = f"; {problem.remedy}" if problem.remedy else ""
        lines.append(f"{flag}{value}: {problem.rule}{remedy}" if flag else str(problem))
    return UsageError("\n".join(dict.fromkeys(lines)))


def checked(case: Case, catalogue: Catalogue) -> Case:
    """The case, if its names and values go together.

    Raises:
        UsageError: with the flags that do not.
    """
    from optimizer.case.setting import settle

    try:
        settle(case, catalogue)
    except DataError as error:
        raise usage(error) from error
    return case
