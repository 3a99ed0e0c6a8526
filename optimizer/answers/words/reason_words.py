"""Reasons in words: why an option is left out, why a case has no plan, and what alone would mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from optimizer.answers.words.limit_words import bound_in_words, limit_words, need_in_words
from optimizer.answers.words.place_words import country_words, in_country, of_country
from optimizer.domain import COUNTRY_PARAMETERS, Case, Country
from optimizer.domain.case_names import flag_of
from optimizer.domain.chip_class import NO_CLASS
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import (
    OF_A_COUNTRY,
    By,
    CaseWhy,
    Cause,
    Need,
    NoPlan,
    NotAsked,
    NoTurn,
    OptionWhy,
    OverLimits,
    Reason,
    ReasonKind,
    Undetermined,
)
from optimizer.units.language import Messages, and_words, mark, or_words, say, say_many
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.insight.why_not import Excluded

CAUSES: Mapping[Cause, str] = Messages(
    {
        Cause.LAW: "the export rules exclude the accelerators that a plan would need",
        Cause.DATA: "nothing can be planned: prices or data are missing, or the request excludes it",
        Cause.COMPUTE_CAP: "the training compute is above its cap",
        Cause.LIMITS: "no plan satisfies all limits",
        Cause.CONFIDENCE: "no plan satisfies all limits in this share of the draws",
    }
)


CAUSES_ON_A_MAP = (Cause.DATA, Cause.LIMITS, Cause.LAW, Cause.CONFIDENCE, Cause.COMPUTE_CAP)
"""The order in which every map hatches places without a plan."""


def causes_on_a_map(whys: Iterable[NoPlan]) -> dict[Cause, str]:
    """Why places have no plan, in that order: of figures that are not known which ones, and in how many places."""
    missing = [figures_not_known(why) for why in whys if why.cause is Cause.DATA]
    reported = {cause: CAUSES[cause] for cause in CAUSES_ON_A_MAP}
    if missing and all(missing):
        counts = Counter(name for names in missing for name in names)
        figures = "; ".join(say("{figure}: {count}", figure=name, count=count) for name, count in counts.items())
        reported[Cause.DATA] = say("a deciding figure is not known ({figures})", figures=figures)
    return reported


_PLAIN: Mapping[ReasonKind, str] = Messages(
    {
        ReasonKind.NO_RULE: "no export rule of the set covers it: not cleared",
        ReasonKind.AVOIDED: "the request excludes it",
        ReasonKind.OTHERS_NAMED: "the request names other accelerators",
        ReasonKind.RENTED_ONLY: "the rental basis allows rented servers only",
        ReasonKind.NONE_OWNED: "none owned",
        ReasonKind.NO_SERVER: "no server size or power known",
        ReasonKind.NO_PURCHASE_PRICE: "no purchase price known",
        ReasonKind.NO_MAINTENANCE: "no price known, and its maintenance cost depends on the price",
        ReasonKind.NO_RENT: "no rental price known anywhere",
    }
)
"""Reasons that are about nothing but themselves."""
_FIGURES: Mapping[str, str] = Messages(
    {
        "import_duty": "the import duty",
        "pue": "the PUE",
        "electricity_usd_per_kwh": "the price of electricity",
        "cost_of_capital": "the cost of capital",
        "colocation_usd_per_kw_month": "the price of colocation",
        "engineer_usd_per_year": "the wage of an engineer",
    }
)
"""Figures of a country that may not be known, by the parameter."""
_BARRED: Mapping[ReasonKind, str] = Messages(
    {
        ReasonKind.LICENCE_DENIED: "presumption of denial",
        ReasonKind.LICENCE_OPEN: "case-by-case review: a plan cannot rely on it",
    }
)


UNDETERMINED = mark("not determined: two proofs of it did not agree")
"""Of something next to an answer; the answer itself is proven."""


def undetermined_words(limits: Iterable[Limit]) -> list[str]:
    """Limits of which it could not be said whether more of each alone would be enough: a line each."""
    return [
        say("more of {limit}: {undetermined}", limit=limit_words(limit), undetermined=say(UNDETERMINED))
        for limit in limits
    ]


def reason_words(why: OptionWhy | CaseWhy | None) -> str:
    """Why an option or a case has no plan, and what alone would mend it; nothing where there is one."""
    if why is None:
        return ""
    if isinstance(why, Reason):
        return _PLAIN.get(why.kind) or _about(why)
    if isinstance(why, OverLimits):
        needs = or_words(map(_needed, why.needs))
        return say("would need {needs}", needs=needs) if needs else say("breaks more than one limit at once")
    if isinstance(why, NotAsked):
        return "\n".join(map(str, why.problems))
    if isinstance(why, Undetermined):
        return say(UNDETERMINED)
    if isinstance(why, NoTurn):
        return say(
            "{deadline_days} days leave no whole day for each of {members} members",
            deadline_days=why.deadline_days,
            members=why.members,
        )
    return _with_needs(why)


def several_words(reasons: Iterable[OptionWhy | CaseWhy]) -> str:
    """Several reasons, each once; that nobody offers some for rent is one reason, with the least and most of rents."""
    found, rents = dict[str, None](), dict[Country | None, list[Decimal]]()
    for why in reasons:
        if isinstance(why, Reason) and why.kind is ReasonKind.NO_OFFER:
            rents.setdefault(why.country, []).extend(filter(None, (why.world_usd_per_hour,)))
        else:
            found[reason_words(why)] = None
    return "; ".join([*(_unoffered(country, listed) for country, listed in rents.items()), *found])


def _unoffered(country: Country | None, rents: Sequence[Decimal]) -> str:
    """That a country has no public offer to rent, once for all accelerators, with what the world's lists ask."""
    least, most = (min(rents), max(rents)) if rents else (None, None)
    one = Reason(ReasonKind.NO_OFFER, country=country, world_usd_per_hour=least)
    if least == most or least is None or most is None:
        return reason_words(one)
    return say(
        "no public offer to rent {in_country} known (median list prices elsewhere ${least:.2f} to ${most:.2f} an hour,"
        " by accelerator): give yours with --rent",
        in_country=in_country(country),
        least=least,
        most=most,
    )


def _about(why: Reason) -> str:
    """A reason with what it is about."""
    if why.kind in _BARRED:
        return say(
            "export control: {chip_class}, {barred} ({rule}: {meaning})",
            chip_class=say("not controlled by 3A090") if why.chip_class == NO_CLASS else why.chip_class,
            barred=_BARRED[why.kind],
            rule=why.rule,
            meaning=say(why.meaning),
        )
    if why.kind is ReasonKind.NO_EFFICIENCY:
        precisions = or_words(why.precisions)
        return say(
            "no {architecture} training efficiency known in {precisions} ({assumptions})",
            architecture=say(why.architecture),
            precisions=precisions,
            assumptions=why.assumptions,
        )
    if why.kind is ReasonKind.WEAK_EVIDENCE:
        return say("its evidence is too weak for --evidence: {weak}", weak=", ".join(why.weak))
    if why.kind is ReasonKind.NOT_RELEASED:
        return say("not sold before {day}: --unreleased includes it", day=why.released)
    if why.kind is ReasonKind.NOT_SOLD_NEW:
        return say(
            "no longer sold new since {day}: if you have a seller, say how many with --supply", day=why.sold_new_until
        )
    if why.kind in OF_A_COUNTRY:
        reported = {"figure": figure_name(why), "of_country": of_country(why.country), "remedy": _flag_to_state(why)}
        if why.remedy in Case.model_fields:
            return say("{figure} {of_country} is not known: give it with {remedy}", **reported)
        column = COUNTRY_PARAMETERS[why.figure or "pue"]
        return say(
            "{figure} {of_country} is not known: state {column} in a country pack ({remedy})", **reported, column=column
        )
    return {
        ReasonKind.SMALL_MACHINES: say(
            "only smaller machines are offered {in_country} ({provider}; accelerators in a machine: {devices}): not"
            " planned for a cluster; give your price with --rent",
            in_country=in_country(why.country),
            provider=why.provider,
            devices=why.devices,
        ),
        ReasonKind.NO_OFFER: say(
            "no public offer to rent {in_country} known{why}: give yours with --rent",
            in_country=in_country(why.country),
            why=_world(why),
        ),
    }[why.kind]


def _world(why: Reason) -> str:
    """What the world's lists ask, where no offer in the country is known."""
    if why.world_usd_per_hour is None:
        return ""
    return say(
        " (median list price elsewhere ${world_usd_per_hour:.2f} an hour)", world_usd_per_hour=why.world_usd_per_hour
    )


def no_plan_words(why: NoPlan) -> str:
    """Why a case has no plan, in one clause: the law first where it decides, then the figure that is not known."""
    law = deciding_words(why.law) if why.law else ""
    figures = "; ".join(map(deciding_words, why.figures))
    if why.cause is Cause.LAW:
        return "; ".join(filter(None, [_because(why.cause, law), _without_law(why.missing)]))
    if why.lacks_figures and law:
        return say(
            "the export rules exclude most accelerators: {law}; none of the others can be planned: {figure}",
            law=law,
            figure=figures,
        )
    if why.cause is Cause.LIMITS and figures:
        text = say("no plan satisfies all limits, whatever the figures that are not known ({figures})", figures=figures)
    elif why.cause is Cause.DATA and figures:
        text = say("nothing can be planned: {figure}", figure=figures)
    else:
        text = CAUSES[why.cause]
    if why.largest_cluster is not None:
        cluster = largest_cluster_words(why.largest_cluster)
        text = (
            say("{reason}: {cluster} is too slow for any deadline", reason=text, cluster=cluster)
            if why.beyond_any_deadline
            else say("{reason}: {cluster} is too slow for the deadline", reason=text, cluster=cluster)
        )
    return say("{reason}; the export rules exclude most accelerators: {rule}", reason=text, rule=law) if law else text


def lacking_words(why: CaseWhy | None) -> str:
    """The same without the country, to be said of several at once; empty where more than its figures decides."""
    ones = why.figures if isinstance(why, NoPlan) and why.cause is Cause.DATA and not (why.law or why.needs) else ()
    if not ones or not all(one.kind in OF_A_COUNTRY and one.remedy in Case.model_fields for one in ones):
        return ""
    asks = mark("{figure} is not known: give it with {remedy}")
    text = "; ".join(say(asks, figure=figure_name(one), remedy=_flag_to_state(one)) for one in ones)
    return say("nothing can be planned: {figure}", figure=text)


def under_cause_words(why: NoPlan) -> tuple[str, str]:
    """The same under a heading that names the cause: what decides, and what would be missing without it."""
    if why.cause is Cause.LAW:
        return deciding_words(why.law) if why.law else "", _without_law(why.missing)
    if why.cause is Cause.DATA and why.figures and not why.law:
        return "; ".join(map(deciding_words, why.figures)), ""
    return no_plan_words(why), ""


def brief_words(why: NoPlan) -> str:
    """The same in few words, as the tip of a map: of figures that are not known which ones, and how to give them."""
    if why.cause is Cause.DATA:
        return no_plan_words(why)
    text = CAUSES[why.cause]
    return say("no plan: {why}", why=text) if why.cause in (Cause.LAW, Cause.COMPUTE_CAP) else text


def figures_not_known(why: NoPlan) -> list[str]:
    """The figures of the country that are not known and decide, by name; none where something else decides."""
    return [figure_name(reason) for reason in why.figures if reason.kind in OF_A_COUNTRY]


def largest_cluster_words(accelerators: int) -> str:
    """The end of the data that no plan passes."""
    return say(
        "the largest cluster whose efficiency is known ({accelerators:,} accelerators)", accelerators=accelerators
    )


def verdict_words(why: NoPlan, text: str) -> str:
    """A sentence about why there is no plan, and that it is proven: not where figures are not known, as nothing is."""
    if why.lacks_figures:
        return say("{causes}.", causes=text)
    return say("{causes}. This has been proven.", causes=text)


def _without_law(missing: Sequence[Reason]) -> str:
    """That the law is not all that is the obstacle; empty where it is."""
    if not missing:
        return ""
    reported = [say("{figure} ({remedy})", figure=figure_name(one), remedy=_flag_to_state(one)) for one in missing]
    return say(
        "even without that law one would have to give {figures} {of_country}",
        figures=and_words(reported),
        of_country=of_country(missing[0].country),
    )


def figure_name(why: Reason) -> str:
    """ "the import duty", "the wage of an engineer": a figure of a country that is not known."""
    return _FIGURES["import_duty" if why.kind is ReasonKind.NO_IMPORT_DUTY else why.figure or "pue"]


def _flag_to_state(why: Reason) -> str:
    """The flag that states a figure; that of a file where there is none."""
    return flag_of(why.remedy) if why.remedy in Case.model_fields else "--pack"


def _because(cause: Cause, decides: str) -> str:
    return say("{causes}: {deciding}", causes=CAUSES[cause], deciding=decides) if decides else CAUSES[cause]


def _in_limits_alone(why: NoPlan) -> bool:
    """Whether limits are all that is in the way, so that raising several together would do."""
    capped = why.cause is Cause.COMPUTE_CAP and why.over_limits
    return (why.cause is Cause.LIMITS or capped) and not (why.figures or why.beyond_any_deadline)


def _with_needs(why: NoPlan) -> str:
    """Why a case has no plan, and which limits alone would mend it, in one sentence."""
    text = no_plan_words(why)
    alone = "; ".join(map(change_words, why.needs))
    if alone and why.law:
        return say(
            "{causes}; with the accelerators that are allowed, any one of these changes is enough: {alone}",
            causes=text,
            alone=alone,
        )
    if alone:
        mended = say("any one of these changes is enough: {alone}", alone=alone)
    elif _in_limits_alone(why):
        mended = say("no single change is enough")
    else:
        return text
    return say("{causes}; {mended}", causes=text, mended=mended)


def change_words(need: Need) -> str:
    """ "the grid limit: 0.797 MW instead of 0.5 MW"."""
    limit = limit_words(need.limit)
    if need.asked is None or need.value is None:
        return say("{limit}: {need}", limit=limit, need=_needed(need))
    bound_in = bound_in_words(need.limit, need.asked)
    return say("{limit}: {need_in} instead of {bound_in}", limit=limit, need_in=_needed(need), bound_in=bound_in)


def deciding_words(deciding: Reason) -> str:
    """The reason that decides: "the import duty of Serbia is not known ...", or every rule that bars."""
    others = (
        say_many(
            "for {count} other: {rule}", "for {count} others: {rule}", one.bars, count=one.bars, rule=_rule_words(one)
        )
        for one in deciding.beside
    )
    return "; ".join([_rule_words(deciding), *others])


def _rule_words(deciding: Reason) -> str:
    """One reason that decides: a rule with its meaning."""
    if not deciding.meaning:
        return reason_words(deciding).rstrip(".")
    rule = say("{rule}: {meaning}", rule=deciding.rule, meaning=say(deciding.meaning)).rstrip(".")
    if deciding.kind is ReasonKind.LICENCE_OPEN:  # without it the rule reads as if a licence could be had
        rule = say("{rule}, so that a plan cannot rely on it", rule=rule)
    return f"{rule} ({place})" if (place := _place_words(deciding)) else rule


def _place_words(deciding: Reason) -> str:
    """What makes a rule speak of the country; empty where the rule itself names it."""
    if deciding.counts_as:
        return say(deciding.counts_as).rstrip(".")
    if not deciding.groups or deciding.country is None:
        return ""
    place = {"country": country_words(deciding.country), "groups": and_words(deciding.groups)}
    return say_many("{country} is in group {groups}", "{country} is in groups {groups}", len(deciding.groups), **place)


def _needed(need: Need) -> str:
    return say("not decided") if need.value is None else need_in_words(need.limit, need.value)


@dataclass(frozen=True)
class Out:
    """Accelerators that are out for one reason, as it is reported."""

    by: By
    reason: str
    who: tuple[str, ...]
    """Accelerators, with the way to have them where only that is out: ``h100 rent``."""


def group_excluded(excluded: Iterable[Excluded]) -> list[Out]:
    """Who is out, those with the same words together: needs that differ by less than what is reported are one
    reason."""
    groups: dict[tuple[By, str], list[str]] = {}
    for one in excluded:
        groups.setdefault((one.by, reason_words(one.reason)), []).append(one.name)
    return [Out(by, reason, tuple(who)) for (by, reason), who in groups.items()]
