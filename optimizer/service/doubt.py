"""Doubt: how sure an answer is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError, Problem
from optimizer.service.parameter_values import parse_value
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import mark, say

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.domain import Case
    from optimizer.uncertainty.robust import Robust

DRAWS = 1000


def _is_robust(own: Mapping[str, Any]) -> bool:
    return own["robust"] or own["corners"] is not None


def _counted(own: Mapping[str, Any]) -> str:
    if _is_robust(own):
        return mark("scenarios")
    return mark("inputs") if own["draws"] is None else mark("draws")


@question(
    "sensitivity",
    "Trade-offs and uncertainty",
    Parameter("draws", f"Draw all inputs N times at random ({DRAWS} with --robust).", "whole", "N", least=1),
    Parameter("seed", "Seed of the draws: the same seed gives the same draws.", "whole", default=1, least=0),
    Parameter(
        "ranges",
        "Your own range: pue=1.3:1.6, rent:h100=2:4, mfu:h100=0.8:1.2 (times its MFU); give it again for more.",
        "text",
        "INPUT=LOW:HIGH",
        flag="--range",
        many=True,
    ),
    Parameter("robust", "Find the cheapest plan that meets every limit in a share of the draws.", "switch"),
    Parameter(
        "corners",
        "Find the cheapest plan that meets every limit at all combinations of the ends of these inputs: "
        "'run;staff_fte'.",
        "text",
        "LIST",
    ),
    Parameter(
        "share", "Share of the scenarios that must be met: by default 0.9 of draws, 1 of corners.", "text", "SHARE"
    ),
    Parameter(
        "aim",
        "Which cost of the robust plan is minimised; central by default.",
        "choice",
        choices=("central", "mean", "worst"),
    ),
    Parameter("workers", "Number of processes for --draws; one per core by default.", "whole", least=1, most=1024),
    outputs=("answers.sensitivity.shapes:SensitivityOut", "answers.power.choices:PowerChoicesOut"),
    rows=(
        "answers.power.choices:PowerChoiceRow",
        "answers.sensitivity.rows:TornadoRow",
        "answers.sensitivity.rows:DrawRow",
        "answers.sensitivity.rows:RobustRow",
    ),
    takes_power=True,
    progress=_counted,
)
def sensitivity(asked: Asked) -> Document:
    """Say how sure the answer is, given the ranges of the figures in the data.

    By default one input at a time at both ends of its range; with --draws all at once, at random; with --robust or
    --corners the cheapest plan that still meets every limit. The flags are those of plan. For one kind of server.

    \b
    optimizer sensitivity --max-mw 1 --deadline 120d --range pue=1.3:1.6
    optimizer sensitivity --max-mw 1 --deadline 120d --draws 1000 --seed 1 --csv -o draws.csv
    optimizer sensitivity --max-mw 2 --deadline 200d --corners "run;mfu:gb200_nvl72"
    """
    import gc
    import os

    from optimizer.answers.sensitivity.answer import document

    gc.enable()  # the command line turns it off for what is short
    own = asked.own
    if unused := list(_unused(own)):
        raise InputError(unused)
    case = asked.case()
    if case.feed is not None:
        return _fed(case, asked)
    progress = asked.progress or (lambda done, total: None)
    if _is_robust(own):
        return document(_robust(asked, progress))
    if own["draws"] is None:
        from optimizer.uncertainty.tornado import tornado

        return document(tornado(asked.case(), asked.catalogue, own["ranges"], progress))
    from optimizer.uncertainty.monte_carlo import monte_carlo

    workers = own["workers"] or os.cpu_count() or 1
    return document(
        monte_carlo(asked.case(), asked.catalogue, own["draws"], own["seed"], own["ranges"], workers, progress)
    )


def _fed(case: Case, asked: Asked) -> Document:
    """One doubt of the feeding at a time, where the case says what feeds its site.

    Raises:
        InputError: a flag that such a case does not take.
    """
    from optimizer.service.powering import choices

    rule = "is not taken where the flags say what feeds the site: one doubt at a time is"
    given = [name for name in ("draws", "ranges", "robust", "corners") if asked.own[name]]
    if given:
        raise InputError(Problem(rule, column=name) for name in given)
    return choices("sensitivity", case, asked)


def _unused(own: Mapping[str, Any]) -> Iterator[Problem]:
    """What would be read and not used."""
    if not _is_robust(own):
        for name in ("share", "aim"):
            if own[name] is not None:
                yield Problem(say("belongs to the robust plan: it needs --robust or --corners"), column=name)
    if own["corners"] is not None and own["draws"] is not None:
        yield Problem(say("combines the ends of ranges and makes no draws: leave --draws out"), column="corners")
    if own["corners"] is not None and own["robust"]:
        yield Problem(say("is for draws, and --corners makes none: give one of them"), column="robust")


def _robust(asked: Asked, progress: Callable[[int, int], None]) -> Robust:
    from optimizer.domain.quantity_text import read_one
    from optimizer.uncertainty.robust import robust

    own = asked.own
    names = [part.strip() for part in (own["corners"] or "").split(";") if part.strip()]
    if own["corners"] is not None and not names:
        raise InputError.at(say("name inputs, separated by ';', such as 'run;staff_fte'"), column="corners")
    return robust(
        asked.case(),
        asked.catalogue,
        count=DRAWS if own["draws"] is None else own["draws"],
        seed=own["seed"],
        corners=names,
        share=None if own["share"] is None else parse_value("share", own["share"], partial(read_one, "share")),
        aim=own["aim"] or "central",
        ranges=own["ranges"],
        progress=progress,
    )
