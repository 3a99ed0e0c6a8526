"""A prepared case as a question to be counted out: limits are read off the case itself, with nothing taken from the
package but the exact figures of one server of each option."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from oracle import Cap, Question, Way

from optimizer.solve.claim import Prepared


def question(ready: Prepared) -> Question:
    """A prepared case as a question: exact figures of its options; its limits read off the case itself."""
    setting, problem = ready.setting, ready.problem
    case, catalogue = setting.case, setting.catalogue
    brackets = {
        option.key.bracket: catalogue.bracket(setting.assumptions.id, option.key.bracket) for option in problem.options
    }
    ways = tuple(
        Way(
            name=option.key,
            devices=option.devices,
            pflops=option.pflops,
            peak_kw=option.peak_kw,
            kwh_per_day=24 * option.mean_kw,
            tpp=option.tpp,
            memory_gb=option.memory_gb,
            lead_days=option.lead_days if case.deadline_from == "order" else 0,
            fixed_usd=Fraction(case.site_setup_usd or 0),
            server_usd=option.server_usd,
            server_day_usd=option.server_day_usd,
            capital_usd=option.capital_usd,
            billed_days=_billed_days(ready, option.key),
            term_days={"reserved_1y": 365, "reserved_3y": 1095}.get(option.key.terms),
            spare_share=_spare_share(ready, option.key),
            bracket=option.key.bracket,
            smallest=brackets[option.key.bracket].min_devices,
            largest=brackets[option.key.bracket].max_devices,
        )
        for option in problem.options
    )
    flop = Fraction(setting.training_flop)
    held = trained = Fraction(setting.workload.params_total_b)
    if setting.adapter_params_b is not None:
        trained = Fraction(setting.adapter_params_b)
    memory = trained * Fraction(setting.figures["training_bytes_per_parameter"].value)
    if setting.way.frozen_bytes_per_parameter is not None:
        memory += held * Fraction(setting.way.frozen_bytes_per_parameter)
    return Question(
        ways=ways,
        work=flop / (10**15 * 86_400),
        memory_gb=memory,
        deadline_days=case.deadline_days or 0,
        day_usd=Fraction(setting.figures["staff_fte"].value)
        * Fraction(setting.figures["engineer_usd_per_year"].value)
        / 365,
        objective=case.objective or "cost",
        mix=case.mix or 1,
        ceilings=tuple(
            (measure, Fraction(bound) * unit)
            for measure, bound, unit in (
                ("cost", case.budget_usd, 1),
                ("energy", case.max_energy_gwh, 10**6),
                ("carbon", case.max_carbon_t, 10**6),
            )
            if bound is not None
        ),
        caps=tuple(_caps(ready, ways)),
        carbon_g_per_kwh=Fraction(setting.country.grid_carbon_g_per_kwh),
        allowed=case.max_training_flop is None or flop <= Fraction(case.max_training_flop),
    )


def _billed_days(ready: Prepared, key: Any) -> int:
    """Days that the offer of an option bills at least; none where the rent is no offer, or is paid by the term."""
    if key.procurement != "rent" or key.terms.startswith("reserved"):
        return 0
    catalogue, at = ready.setting.catalogue, (key.site, key.accelerator)
    offer = catalogue.committed[(*at, key.terms)] if key.terms else catalogue.hire.get(at)
    return 0 if offer is None else offer.min_days or 0


def _spare_share(ready: Prepared, key: Any) -> Fraction:
    """Spares are bought with what is bought, unless the price covers everything."""
    setting = ready.setting
    row = setting.catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    scope = (row or setting.catalogue.accelerators[key.accelerator]).price_scope
    counted = key.procurement == "buy" and scope != "all_in"
    return Fraction(setting.figures["spare_ratio"].value) if counted else Fraction(0)


def _caps(ready: Prepared, ways: Sequence[Way]) -> Iterator[Cap]:
    """Every limit of the case that is a sum over servers."""
    setting = ready.setting
    case = setting.case

    def over(name: str, bound: Any, use: Callable[[Way], Fraction | int]) -> Cap:
        return Cap(Fraction(bound), tuple(Fraction(use(way)) for way in ways), name)

    if case.max_mw is not None:
        yield over("grid", case.max_mw, lambda w: w.peak_kw / 1000)
    if case.max_tpp is not None:
        yield over("tpp", case.max_tpp, lambda w: w.tpp_comes_in)
    if case.max_accelerators is not None:
        yield over("accelerators", case.max_accelerators, lambda w: w.come_in)
    if case.max_capital_usd is not None:
        yield over("capital", case.max_capital_usd, lambda w: w.capital_usd)
    supply, owned = dict(case.supply), dict(case.owned)
    for name in {way.name.accelerator for way in ways}:
        if name in supply:
            yield over(f"supply:{name}", supply[name], lambda w, a=name: w.come_in if _is(w, a, "buy", "rent") else 0)
        else:
            most = setting.figures["hire_max_devices"].value
            yield over(f"hire:{name}", most, lambda w, a=name: w.devices if _is(w, a, "rent") else 0)
        yield over(f"owned:{name}", owned.get(name, 0), lambda w, a=name: w.devices if _is(w, a, "own") else 0)
    for rule in setting.catalogue.licence_rules:
        if rule.cap_tpp is not None:
            through = rule.rule
            yield over(
                f"law:{through}",
                rule.cap_tpp,
                lambda w, r=through: w.tpp_comes_in if w.name.procurement != "own" and w.name.route == r else 0,
            )


def _is(way: Way, accelerator: str, *procurements: str) -> bool:
    return way.name.accelerator == accelerator and way.name.procurement in procurements
