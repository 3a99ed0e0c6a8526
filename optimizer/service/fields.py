"""The fields of a case as flags: name, what stands for a value, subject and help. Light: ``--help`` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from optimizer.domain.case_names import flag_of
from optimizer.domain.limits import KINDS, KindName
from optimizer.units.records import dataclass

Subject = Literal["Model", "Place and law", "Limits", "Money", "Hardware", "Search", "Power"]
SUBJECTS: tuple[Subject, ...] = ("Limits", "Money", "Hardware", "Power", "Place and law", "Model", "Search")
"""In the order in which help shows them."""


@dataclass(frozen=True)
class CaseField:
    """A field of a case and its flag."""

    name: str
    """Of the field in :class:`optimizer.domain.Case`, and so the column of a cases file and the key in JSON."""
    metavar: str
    subject: Subject
    words: str
    switch: bool = False
    """Whether the flag takes no value."""

    @property
    def flag(self) -> str:
        """Of the command line."""
        return flag_of(self.name)


def _of_limit(kind: KindName, metavar: str, words: str, subject: Subject = "Limits") -> CaseField:
    """The field of a limit, as the vocabulary has it."""
    return CaseField(KINDS[kind].field, metavar, subject, words)


FIELDS: tuple[CaseField, ...] = (
    CaseField("workload", "ID", "Model", "What to train (optimizer data list workloads)."),
    CaseField("params_total_b", "N", "Model", "Own workload: total parameters, in memory, in 1e9."),
    CaseField("params_active_b", "N", "Model", "Own workload: parameters active per token, in 1e9."),
    CaseField("tokens_t", "N", "Model", "Training tokens, in 1e12 (own workload, or another count for a known one)."),
    CaseField("architecture", "WORD", "Model", "Own workload: dense or moe."),
    CaseField("way", "WORD", "Model", "How: pretrain, continued, finetune, lora or qlora (optimizer data list ways)."),
    CaseField("adapter_params_b", "N", "Model", "Parameters of the adapter of lora or qlora, in 1e9."),
    CaseField(
        "context_tokens",
        "TOKENS",
        "Model",
        "Count attention over sequences of so many tokens: 8192, 131072. Not counted by default.",
    ),
    CaseField("layers", "N", "Model", "Layers with attention (with --context), where the data do not say."),
    CaseField("attention_width", "N", "Model", "Heads x width of a head (with --context), where the data do not say."),
    CaseField("country", "CODE", "Place and law", "Country of the site: BR, Brazil, ..."),
    CaseField("objective", "WORD", "Search", "cost, days, peak_power, energy or carbon."),
    CaseField("basis", "WORD", "Money", "Costing basis: upfront, amortised or rental."),
    _of_limit("grid", "MW", "Grid limit on the peak of the site."),
    _of_limit(
        "deadline",
        "TIME",
        "Deadline: 120d, 17w, 4 months (30 days each) or a date, 2027-03-31 (then counted from the order).",
    ),
    CaseField(
        "deadline_from",
        "WORD",
        "Limits",
        "The deadline counts from training, or from the order (delivery and licence included).",
    ),
    _of_limit("budget", "USD", "Maximum cost of the plan: 5000000, 5M."),
    _of_limit("energy", "GWH", "Maximum energy of the run, GWh."),
    _of_limit("carbon", "TONNES", "Maximum emissions of that energy, tCO2e at the grid's average."),
    _of_limit("capital", "USD", "Maximum landed price of the bought servers, on any costing basis: 10M."),
    _of_limit("tpp", "TPP", "Cap on total processing performance."),
    _of_limit("training_flop", "FLOP", "Cap on training compute, such as 1e25."),
    _of_limit("accelerators", "N", "Maximum number of accelerators of all kinds."),
    _of_limit("supply", "LIST", "Maximum number of accelerators of a kind: 'h100=512;a100=1000'.", "Hardware"),
    _of_limit("owned", "LIST", "Accelerators already owned at the site: 'a100=64'.", "Hardware"),
    CaseField("use", "LIST", "Hardware", "Only these accelerators: 'h100;h200'."),
    CaseField("avoid", "LIST", "Hardware", "None of these accelerators."),
    CaseField("procurement", "LIST", "Hardware", "How servers may be obtained: 'buy;rent;own'."),
    CaseField("precision", "LIST", "Hardware", "Training precisions: 'fp16;bf16;fp8' (nvfp4 is experimental)."),
    CaseField(
        "mix", "K", "Hardware", "How many kinds of server (accelerator x precision x procurement) a plan may combine."
    ),
    CaseField("assumptions", "ID", "Search", "Assumption set (optimizer data list assumptions)."),
    CaseField("rules", "ID", "Place and law", "Export rule set (optimizer data list rules)."),
    CaseField("date", "DAY", "Place and law", "The day whose law applies, YYYY-MM-DD; that of the data by default."),
    CaseField("tax_regime", "ID", "Place and law", "Tax regime of the country, such as redata."),
    CaseField("import_duty", "SHARE", "Money", "Import duty on CIF instead of the country's, such as 0.05."),
    CaseField("pue", "RATIO", "Place and law", "Power usage effectiveness instead of the country's."),
    CaseField("peak_pue", "RATIO", "Place and law", "PUE of the hottest hours, for the grid limit."),
    CaseField("electricity_usd_per_kwh", "USD", "Money", "Electricity price per kWh instead of the country's."),
    CaseField(
        "rent_premium",
        "SHARE",
        "Money",
        "Rent at the world's median list price plus this share, such as 0.2, instead of the offers in the country.",
    ),
    CaseField(
        "rent", "LIST", "Money", "Your own rents, USD per accelerator and hour, or ranges: 'gb200=9.5;h100=2:3'."
    ),
    CaseField(
        "assume_hire",
        "",
        "Hardware",
        "Rent where no public offer is known, at the world's median list price (with --rent-premium).",
        switch=True,
    ),
    CaseField(
        "unreleased", "", "Hardware", "Also plan with accelerators that are not yet sold on the date.", switch=True
    ),
    CaseField(
        "evidence",
        "WORD",
        "Hardware",
        "Weakest evidence that a plan may use: listed, derived or estimate (all, the default).",
    ),
    CaseField(
        "overhead", "RATIO", "Model", "Compute of experiments and restarts: 1 is the final run alone, 1.3 is usual."
    ),
    CaseField("staff_fte", "POSTS", "Money", "Full-time posts for the run, instead of the usual number."),
    CaseField("engineer_usd_per_year", "USD", "Money", "Cost of an engineer a year, in place of the country's."),
    CaseField(
        "buyer",
        "WORD",
        "Money",
        "private (a company: VAT is refunded) or public (a ministry, a university: mostly not).",
    ),
    CaseField("site_setup_usd", "USD", "Money", "Cost paid once for the site."),
    CaseField(
        "utilisation", "SHARE", "Money", "Amortised basis: share of its days on which a server works; 1 by default."
    ),
    CaseField(
        "confidence",
        "SHARE",
        "Search",
        "Satisfy every limit in this share of 2,000 draws: 0.9. For plan, ask, batch and sweep; takes longer.",
    ),
)
"""Every field of a case but its name, in the order of the axes of a sweep: the last one changes fastest."""


def _power(name: str, metavar: str, words: str) -> CaseField:
    return CaseField(name, metavar, "Power", words, switch=not metavar)


POWER_FIELDS: tuple[CaseField, ...] = (
    _power("power", "LIST", "What may feed the site: 'grid;pv;battery;genset' (the default), wind, ppa."),
    _power("off_grid", "", "The site has no grid."),
    _power("outage", "HOURS", "Hours of the day without grid: 17-21, '6-8;17-21', or 17-21@JUN-AUG."),
    _power("random_outages", "HOURS,COUNT", "Random outages: hours per year, and their number: 200,50."),
    _power("hours_file", "FILE", "Your own year by the hour (CSV, 8,760 rows): pv, wind, grid, price_usd_per_kwh."),
    _power("tariff", "ID", "Tariff by the hour (optimizer data list tariff_periods)."),
    _power("demand_charge_usd", "USD", "Demand charge per kW of peak import and month."),
    _power("export_usd_per_kwh", "USD", "Sell the surplus of sun and wind to the grid at this price, USD per kWh."),
    _power("ppa_usd_per_kwh", "USD", "Solar energy may be bought by contract at this price per kWh."),
    _power("diesel_usd_per_litre", "USD", "Price of a litre of diesel instead of that in the data."),
    _power("min_renewable", "SHARE", "Minimum share of the energy that comes neither from the grid nor from fuel."),
    _power("max_carbon_g_per_kwh", "G", "Maximum average emissions of the energy, g/kWh."),
    _power("carbon_usd_per_t", "USD", "Price of a tonne of CO2e emitted."),
    _power("pv_yield", "KWH", "Solar yield of the site, kWh per kWp and day, instead of the country's."),
    _power("land_ha", "HA", "Land for solar, hectares."),
    _power("pv_max_mw", "MW", "Maximum solar, MWp."),
    _power("battery_max_mwh", "MWH", "Maximum storage, MWh."),
    _power("pv_usd_per_kwp", "USD", "Price of solar per kWp, built."),
    _power("battery_usd_per_kwh", "USD", "Price of storage per kWh, built."),
    _power("no_throttle", "", "Servers work at full power or not at all."),
    _power("no_pause", "", "The fleet must work in every hour."),
    _power("restart_hours", "H", "Hours of work lost where servers stop and start again."),
    _power(
        "supply_basis",
        "WORD",
        "What the run pays: share (its share of the supply's life, the default) or whole (the whole price).",
    ),
    _power("days_of_year", "N", "Representative days of the year: 12; 4 is quicker, 36 finer."),
    _power("start_month", "N", "Month in which the run starts, 1 to 12; an average year by default."),
    _power("reserve", "SHARE", "Spare share of converter and genset, such as 0.1."),
)
"""What a case says of the feeding of its site; light, and read only by the questions that take it up."""
CASE_ID = CaseField("case_id", "NAME", "Search", "Name of the case, repeated in the output.")
FLAG_OF: Mapping[str, str] = {field.name: field.flag for field in (*FIELDS, *POWER_FIELDS, CASE_ID)}
"""Field of the case -> its flag."""
