"""Several sites: one run that they share."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import DataError, InputError, shown_name
from optimizer.service.parameter_values import parse_value
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.consortium.members import Consortium
    from optimizer.consortium.plan import Joint

TIME_LIMIT_S = 120
NEEDS_TIME_LIMIT_S = 15
"""Seconds at most for each run of HiGHS of what a consortium without a plan would need."""
EXPLAIN_TIME_LIMIT_S = 5
"""Seconds at most for each run of HiGHS of a consortium that is changed to explain the plan."""
EXPLAIN_S = 60
"""Seconds after which no other change is begun."""
_TOTALS = {"total_tpp": "max_tpp", "total_accelerators": "max_accelerators", "total_supply": "supply"}
"""Parameter -> limit on all sites together."""


@question(
    "consortium",
    "Several sites",
    Parameter(
        "sites",
        "A file of sites, or countries, each with its grid limit in MW: BR=0.5.",
        "argument",
        "FILE|COUNTRY[=MW]...",
        many=True,
        required=True,
    ),
    Parameter("total_tpp", "Cap on the total processing performance of all sites together.", metavar="TPP"),
    Parameter("total_accelerators", "Maximum number of accelerators at all sites together.", metavar="N"),
    Parameter(
        "total_supply", "Maximum number of accelerators of a kind at all sites together: 'h100=512'.", metavar="LIST"
    ),
    Parameter(
        "efficiency",
        "Share of the speed that remains when sites share the run.",
        metavar="SHARE",
        flag="--distributed-efficiency",
    ),
    Parameter(
        "time_limit",
        "Seconds for each run of HiGHS over several sites; then the best plan so far is shown with its gap.",
        "number",
        "S",
        default=TIME_LIMIT_S,
        least=0,
        least_is_open=True,
    ),
    Parameter(
        "explain",
        "Say why the plan is as it is: which limits bind at which site, what each costs, and what is not chosen.",
        "switch",
        default=False,
    ),
    outputs="answers.consortium.outputs:ConsortiumOut",
    rows=("answers.consortium.outputs:JointRow", "answers.consortium.explain:JointWorthRow"),
)
def consortium(asked: Asked) -> Document:
    """Plan one run that several sites share, in one country or in several.

    Each site has its own grid limit, tariff, taxes, supply and law. The answer has the best plan, the cost of one site
    for all and of each site alone, what sharing saves, and who pays what. The flags are those of plan: they apply to
    every site that does not give its own value; --budget, --max-energy, --max-carbon and --max-capital are for all
    sites together, --mix limits the kinds of server at all sites together (4 by default).

    \b
    optimizer consortium BR=0.5 MX=0.5 AR=1 --deadline 180d
    optimizer consortium sites.toml                   tables: run, total, site and site.phase
    optimizer consortium sites.csv --deadline 180d    one row for each site: name, share, country, max_mw, ...
    optimizer consortium BR=0.5 MX=0.5 --deadline 180d --explain

    The columns and tables of such a file: optimizer guide consortium.
    """
    from optimizer.answers.consortium.answer import document
    from optimizer.consortium.decide import decide
    from optimizer.insight.limits.of_sites import joint_concessions

    words = asked.own["sites"]
    together = _from_file(asked) if _is_file(words) else _from_words(asked)
    try:
        found = decide(together, asked.catalogue, time_limit_s=asked.own["time_limit"], report=asked.step)
        needs = None
        if found.best is None:
            time_limit_s = min(asked.own["time_limit"], NEEDS_TIME_LIMIT_S)
            needs = joint_concessions(found, time_limit_s=time_limit_s, report=asked.step)
        elif asked.own["explain"]:
            return _explained(found, asked)
    except DataError as error:
        raise error if _is_file(words) else InputError(error.problems) from error
    return document(found, needs)


def _explained(found: Joint, asked: Asked) -> Document:
    """Why the plan is as it is, as far as that is found in time."""
    from optimizer.answers.consortium.explain import document
    from optimizer.insight.explain_sites import explain_sites

    time_limit_s = min(asked.own["time_limit"], EXPLAIN_TIME_LIMIT_S)
    return document(found, explain_sites(found, time_limit_s=time_limit_s, budget_s=EXPLAIN_S, report=asked.step))


def _is_file(words: tuple[str, ...]) -> bool:
    return len(words) == 1 and Path(words[0]).suffix.lower() in (".toml", ".csv")


def _from_file(asked: Asked) -> Consortium:
    from optimizer.consortium.read import from_file

    return from_file(Path(asked.own["sites"][0]), *_stated(asked))


def _from_words(asked: Asked) -> Consortium:
    """The consortium that words like BR=0.5 and the flags make.

    Raises:
        InputError: with all problems at once.
    """
    from optimizer.consortium.read import from_words

    words = asked.own["sites"]
    files = [word for word in words if _is_file((word,))]
    if other := next((word for word in words if not _is_file((word,)) and Path(word).is_file()), None):
        rule = say('"{name}" is a file, and sites are read from .toml and .csv: save it as CSV', name=shown_name(other))
        raise InputError.at(rule)
    if files:
        rule = say(
            '"{files}" is a file of sites and must be the only argument: write the other sites into it', files=files[0]
        )
        raise InputError.at(rule)
    names = {f"total.{name}": parameter for parameter, name in _TOTALS.items()}
    try:
        return from_words(words, *_stated(asked))
    except DataError as error:
        raise InputError(replace(p, column=names.get(p.column or "", p.column)) for p in error.problems) from error


def _stated(asked: Asked) -> tuple[dict[str, Any], dict[str, Any], Decimal | None]:
    """What the flags say of the run, of all sites together, and of the speed that remains."""
    from optimizer.consortium.members import OF_ALL_SITES
    from optimizer.domain.quantity_text import read_one
    from optimizer.service.case_text import parse_case

    case = parse_case(asked.fields, asked.catalogue, asked.today)
    given = {name: getattr(case, name) for name in case.given()}
    run = {name: value for name, value in given.items() if name not in OF_ALL_SITES}
    total = {name: asked.own[parameter] for parameter, name in _TOTALS.items() if asked.own[parameter] is not None}
    total |= {name: str(value) for name, value in given.items() if name in OF_ALL_SITES}
    text = asked.own["efficiency"]
    return run, total, None if text is None else parse_value("efficiency", text, partial(read_one, "share"))
