"""Sentences on what feeds a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from optimizer.answers.form.document import Section, section
from optimizer.answers.form.numbers import megawatts, musd, up, usd
from optimizer.answers.words.common_words import days, item_words, plan_words, stamp
from optimizer.answers.words.reason_words import no_plan_words
from optimizer.case.setting import Setting
from optimizer.domain.limits import CAPITAL
from optimizer.domain.reasons import Cause
from optimizer.plans.outcome import Plan
from optimizer.power.answer import PowerAnswer, Relief
from optimizer.power.costs import pays_by_selling
from optimizer.power.plan import NotFed, PowerOutcome, PowerPlan
from optimizer.power.site import AssetName
from optimizer.power.ways import WayName
from optimizer.units import KW_PER_MW
from optimizer.units.language import mark, messages_of, say

SUPPLY_TERMS_IN_WORDS = messages_of(__file__, "supply_terms_in_words")
SOURCES = messages_of(__file__, "sources")
WAYS: Mapping[WayName, str] = messages_of(__file__, "ways")
SUPPLY_BASES = messages_of(__file__, "supply_bases")
RELIEFS: Mapping[Relief, str] = messages_of(__file__, "reliefs")
_BUILT: dict[AssetName, tuple[str, str]] = {
    "pv": (mark("MWp solar"), mark("kWp solar")),
    "wind": (mark("MW wind"), mark("kW wind")),
    "ppa": (mark("MWp solar by contract"), mark("kWp solar by contract")),
    "genset": (mark("MW genset"), mark("kW genset")),
}


def size_words(kw: Fraction, large: str, small: str) -> str:
    """ "2.47 MWp solar"; below 100 kW in kW."""
    return (
        say("{kw} {large}", kw=up(kw / KW_PER_MW, 2), large=say(large))
        if kw >= 100
        else say("{kw} {small}", kw=up(kw, 0), small=say(small))
    )


def built_words(plan: PowerPlan) -> str:
    """What is built next to the grid: "2.47 MWp solar, battery 8.72 MWh / 1.27 MW"; "nothing" where it is nothing."""
    return ", ".join(_built_parts(plan.fed.dispatch.capacities)) or say("nothing")


def fed_words(size: Mapping[AssetName, Fraction]) -> str:
    """The grid contract and what is built next to it, of sizes in kW and kWh."""
    grid = [say("grid {contract} MW", contract=megawatts(size["grid"] / KW_PER_MW))] if size["grid"] else []
    return ", ".join([*grid, *_built_parts(size)]) or say("nothing")


def _built_parts(size: Mapping[AssetName, Fraction]) -> list[str]:
    parts = [size_words(size[name], *words) for name, words in _BUILT.items() if size[name]]
    if size["battery"]:
        energy = size_words(size["battery"], "MWh", "kWh")
        parts.insert(
            1 if parts else 0,
            say("battery {energy} / {size}", energy=energy, size=size_words(size["converter"], "MW", "kW")),
        )
    return parts


def percent(value: Fraction) -> str:
    """A share in whole per cent; one near nothing or all in tenths, of which the last are never rounded to all."""
    shown = float(value) * 100
    if 0 < shown < 1 or 99 < shown < 100:
        return say("{shown:.1f} %", shown=min(shown, 99.9))
    return say("{shown:.0f} %", shown=shown)


def runs_words(plan: PowerPlan) -> str:
    """What runs: "sun 93 %, grid 7 %; battery 0.9 cycles a day; 12 % of the sun spilled"."""
    energy, size = plan.flows, plan.fed.dispatch.capacities
    parts = [sources_words(plan)]
    if size["battery"]:
        parts.append(
            say("battery {discharged:.2f} cycles a day", discharged=float(energy.discharged / size["battery"]))
        )
    if energy.sold:
        parts.append(say("{sold} of the {own} sold", sold=percent(energy.sold / energy.own), own=_own(plan)))
    if energy.own and energy.spilled * 2000 > energy.own:
        parts.append(
            say("{spilled} of the {own} not used", spilled=percent(energy.spilled / energy.own), own=_own(plan))
        )
    if plan.litres:
        parts.append(say("{litres:,} litres of diesel", litres=up(plan.litres, 0)))
    parts.append(say("the fleet works {utilisation} of its days", utilisation=percent(plan.utilisation)))
    return "; ".join(parts)


def sources_words(plan: PowerPlan) -> str:
    """What feeds the servers, by share: "sun 93 %, grid 7 %"."""
    energy = plan.flows
    sources = {_own(plan): energy.own_used, say("grid"): energy.imported, say("fuel"): energy.generated}
    return ", ".join(
        say("{name} {kwh}", name=name, kwh=percent(kwh / energy.supplied)) for name, kwh in sources.items() if kwh > 0
    )


def _own(plan: PowerPlan) -> str:
    return say("sun and wind") if plan.fed.dispatch.capacities["wind"] else say("sun")


def power_plan_words(plan: PowerPlan) -> str:
    """A plan in one clause: servers, days, cost, and what is built."""
    text = say(
        "{item} for {days}: {cost_usd}",
        item=item_words(plan, plan.item),
        days=days(plan.days),
        cost_usd=musd(plan.cost_usd),
    )
    return say(
        "{text}, with {built}",
        text=text,
        built=", ".join(_built_parts(plan.fed.dispatch.capacities)) or say("the grid alone"),
    )


def outcome_words(outcome: PowerOutcome) -> str:
    """A plan in one clause, or that there is none."""
    if isinstance(outcome, PowerPlan):
        return power_plan_words(outcome)
    if outcome.why.over_limits:
        return say("no plan (proven)")
    return say("no plan: {why}", why=not_fed_words(outcome))


NOT_FED = mark("no supply that may be built lets a fleet finish the work within the limits")


def not_fed_words(outcome: NotFed) -> str:
    """Why there is no plan: the supply, where there are fleets that it could feed; else what keeps them all out."""
    if outcome.least_usd is not None:
        return say("the best plan costs {least_usd}, more than the budget", least_usd=usd(outcome.least_usd))
    if outcome.why.cause is Cause.LIMITS and outcome.why.over_limits and outcome.floor.rows:
        return say(NOT_FED)
    return no_plan_words(outcome.why)


def cash_words(plan: PowerPlan) -> Iterator[str]:
    """All of the cash that must be found, where it is more than what the run is charged with."""
    if plan.site.basis == "share" and plan.supply_cash_usd and plan.setting.case.basis == "upfront":
        yield say(
            "cash needed: {cash_usd}, because the supply must be paid in full ({supply_cash_usd}); it "
            "remains useful after the run",
            cash_usd=musd(plan.cash_usd),
            supply_cash_usd=musd(plan.supply_cash_usd),
        )
    if getattr(plan.setting.case, CAPITAL.described.field) is not None and plan.supply_cash_usd:
        yield say("the limit on bought hardware is for servers: what is built to feed the site does not count")


def supply_words(basis: str, supply_usd: Fraction, supply_usd_per_mwh: Fraction, supply_cash_usd: Fraction) -> str:
    """What the supply costs this run, and of which price."""
    words = {
        "supply_usd": musd(supply_usd),
        "supply_usd_per_mwh": usd(supply_usd_per_mwh),
        "supply_cash_usd": musd(supply_cash_usd),
    }
    if basis == "share":
        return say(
            "supply {supply_usd}, {supply_usd_per_mwh} per MWh used: this run's share of the life of what "
            "is built ({supply_cash_usd})",
            **words,
        )
    return say(
        "supply {supply_usd}, {supply_usd_per_mwh} per MWh used: with the whole price of what is built, "
        "{supply_cash_usd}",
        **words,
    )


def rented_words(rented: Plan, least: Fraction | None) -> str:
    """The best plan with rented servers, and whether it is cheaper than what it is next to, ``least`` in USD."""
    text = say(
        "with rented servers instead (their owner supplies the power, also in outages): {plan}", plan=plan_words(rented)
    )
    if least is None or rented.cost_usd >= least:
        return text
    return say("{text}; that is cheaper", text=text)


def proof_in_words(plan: PowerPlan) -> str:
    """Why the answer may be believed."""
    return say(
        "exhaustive, within {gap_usd}: no plan costs less than {cost_usd}. This has been proven in exact "
        "fractions for every accelerator, number of servers and length of run (those that cost less without "
        "supply: {rows:,}; lines that bound the cost of their supply: {lines}); every hour is verified exactly",
        gap_usd=usd(plan.gap_usd),
        cost_usd=usd(plan.cost_usd - plan.gap_usd),
        rows=plan.floor.rows,
        lines=plan.floor.lines,
    )


def row_proof_words(gap_usd: Fraction) -> str:
    """The same of a row, of which the gap is known."""
    gap = usd(gap_usd)
    return say("exhaustive, in exact fractions, the supply included: no plan costs less by more than {gap}", gap=gap)


def no_plan_proof(outcome: NotFed) -> str:
    """Why it may be believed that there is no plan."""
    if outcome.least_usd is not None:
        return say("exhaustive, in exact fractions")
    if not outcome.floor.rows:
        return say(
            "no fleet that the case allows could finish the work at full speed, whatever feeds it: proven in exact "
            "fractions"
        )
    return say(
        "no fleet within the limits can finish the work with a supply that may be built: proven in exact fractions "
        "(pairs of accelerator and days: {rows:,})",
        rows=outcome.floor.rows,
    )


def outage_words(answer: PowerAnswer) -> Iterator[str]:
    """What the outages cost."""
    if (cost := answer.outage_usd) is None or (hour := answer.outage_hour_usd) is None:
        return
    hours = answer.ready.site.outage_hours_a_day
    if cost < 1:
        yield say(
            "the outages ({hours:.3g} hours a day) cost nothing extra: a supply that is worth building "
            "without them also covers them",
            hours=float(hours),
        )
    else:
        yield say(
            "the outages ({hours:.3g} hours a day) cost this run {cost}; {hour}",
            hours=float(hours),
            cost=usd(cost),
            hour=hour_words(hour),
        )


def hour_words(usd_per_hour: Fraction) -> str:
    """What an hour of outage a day costs."""
    if usd_per_hour < 1:
        return say("the outages cost nothing extra: a supply that is worth building without them also covers them")
    return say(
        "each hour of outage per day costs the run {usd_per_hour}, compared with a grid that never fails",
        usd_per_hour=usd(usd_per_hour),
    )


def assumptions(plan: PowerPlan) -> Iterator[str]:
    """What was assumed on what feeds the site."""
    site = plan.site
    yield say(
        "sources: {sources}; {supply_bases}",
        sources=", ".join(SOURCES[name] for name in plan.feed.sources),
        supply_bases=SUPPLY_BASES[site.basis],
    )
    yield from scenario_words(plan)
    yield say(
        "{days} representative days represent {plan}; the plan works in any order of these days",
        days=len(site.days),
        plan=_season(plan),
    )
    if len(site.states) > 1:
        power, speed = site.states[1]
        yield say(
            "servers may throttle to {power} of their power at {speed:.1f} % of their speed",
            power=percent(power),
            speed=float(speed) * 100,
        )
    yield say(
        "a part of the fleet may stop and start again; each restart loses {restart_h:g} hours of its work",
        restart_h=float(site.restart_h),
    )
    if site.sells:
        yield say(
            "surplus energy of sun and wind is sold at {price:g} USD/kWh through the connection, in hours "
            "with grid in which nothing is bought",
            price=float(site.sold_usd_per_kwh),
        )
    if plan.feed.random_outages and site.availability == 1:
        yield say(
            "random outages ({random_outages}) cost this plan nothing: it takes nothing from the grid",
            random_outages=plan.feed.random_outages,
        )
    elif plan.feed.random_outages:
        yield say(
            "random outages ({random_outages}) leave {availability:.2f} % of the work",
            random_outages=plan.feed.random_outages,
            availability=float(site.availability) * 100,
        )


def scenario_words(plan: PowerPlan) -> Iterator[str]:
    """When the grid is off: nobody but the user says so."""
    if plan.feed.outage:
        yield say(
            "the grid is off at {outage}: this is your scenario, the data do not say when outages happen",
            outage=", ".join(plan.feed.outage),
        )


def _season(plan: PowerPlan) -> str:
    if plan.feed.start_month is None:
        return say("an average year")
    return say(
        "the {deadline_days} days from month {start_month}",
        deadline_days=plan.setting.case.deadline_days,
        start_month=plan.feed.start_month,
    )


def sale_words(plan: PowerPlan) -> Iterator[str]:
    """What is sold, and what of the plan is a business of its own."""
    energy = plan.flows
    if energy.sold:
        yield say(
            "sold to the grid: {mwh:,.0f} MWh at {price:g} USD/kWh, {income}; this income is subtracted "
            "from the cost of the run",
            mwh=float(energy.sold * plan.days / KW_PER_MW),
            price=float(plan.site.sold_usd_per_kwh),
            income=musd(-plan.cost_terms["sold"]),
        )
    if pays_by_selling(plan.site, plan.days):
        yield say(
            "warning: at this price, panels or wind are profitable from sales alone. How much is built, "
            "and the cost of the run, then depend on the connection of {max_mw:f} MW (or on land and "
            "--pv-max-mw), not on the training",
            max_mw=plan.setting.case.max_mw,
        )


def limits_of_model(plan: PowerPlan) -> Iterator[str]:
    """What the plan does not know."""
    if plan.site.sells:
        yield say(
            "it is your scenario that somebody buys the surplus at one price for the whole run; energy "
            "sold does not reduce the emissions of the run"
        )
    if not plan.site.reserve:
        yield say(
            "no spare equipment: if a converter or genset fails, the servers that it supplies stop (--reserve "
            "0.1 adds spare capacity)"
        )
    yield say(
        "events shorter than an hour are not included: voltage dips and the fast power swings of "
        "synchronous training need buffers of their own"
    )
    if plan.fed.dispatch.capacities["genset"]:
        yield say("gensets have the same efficiency at any load, and no minimum load")
    if plan.fed.dispatch.capacities["pv"]:
        yield say(
            "the sun is that of one place, scaled to the country's average yield (--pv-yield sets that of your site)"
        )
    if "colocation" in plan.cost_terms:
        yield say(
            "the price of colocation usually includes generators and UPS; where you build your own, both are counted"
        )
    if plan.feed.demand_charge_usd:
        yield say(
            "the country's electricity price is an average that already includes demand charges: with your own "
            "demand charge, give the energy rates of its tariff, too"
        )
    if plan.supply_cash_usd:
        yield say("import duty and VAT on the supply that is built are not included")
    yield supply_time_words()


def supply_time_words() -> str:
    """That the supply is taken to stand when the run begins."""
    return say(
        "the time to deliver and build the supply is not included: it is assumed to be ready when the run begins"
    )


def searched(plans: Iterable[PowerPlan | None], setting: Setting) -> Iterator[Section]:
    """How near the least the plans are that were searched one by one; nothing where there is none."""
    gaps = [plan.gap_usd for plan in plans if plan is not None]
    if gaps:
        proof = say(
            "each row was searched and proven separately, in exact fractions; each is within {gap} of the lowest cost",
            gap=usd(max(gaps)),
        )
        yield section(say("Proof"), [proof, stamp(setting)])
