"""The grammar: which runs of meanings say something, and the name of what they say.

A rule is a pattern over the kinds of tokens, the same in every language; a run is read by the rule that takes most of
it, and of several by the first. A new limit takes its words in ``words/``, a rule here, and a reader of that name.
"""

from __future__ import annotations

from collections.abc import Iterator

_JOIN = "(COMMA|AND|OR|VS|NOR|SLASH|TO)+"
_NUMBERS = f"NUM ({_JOIN} WITH* NUM)*"
_LED = "(LIMIT|UPTO|APPROX|IS|WITH)*"
_CHIP = "DEVICES? ACCEL_OF? (ACCEL|ACCEL_OF) DEVICES?"
_CHIPS = f"{_CHIP} ({_JOIN} WITH* {_CHIP})*"
_COUNTED = f"NUM DEVICES? ACCEL_OF? (ACCEL|ACCEL_OF) DEVICES? ({_JOIN} NUM (ACCEL|ACCEL_OF) DEVICES?)*"
_MONEY = f"(MONEY NUM MONEY?|{_NUMBERS} MONEY)"
_DAY = "(DATE|NUM ORDINAL? MONTH COMMA? YEAR|MONTH NUM ORDINAL? COMMA? YEAR)"
_PERIOD = "(MONTH SLASH? YEAR|QUARTER YEAR|HALFYEAR YEAR|YEAR|NEXTYEAR|NEXTMONTH|NEXTQUARTER|NEXTHALF)"
_MEASURE = "(COST_N|BUDGET_N|TIME_N|TIME_UNIT|POWER_N|POWER_UNIT|ENERGY_N|ENERGY_UNIT|CARBON_N|CAPITAL_N|PRICE_N|MONEY)"
_PRICED = "(TARIFF_N|POWER_N|ENERGY_N)"
_TARIFF = f"({_PRICED}|COST_N|PRICE_N|IS|WITH|LIMIT)* MONEY? NUM (CENTS|MONEY)*"
_UNIT = "(POWER_UNIT|TIME_UNIT|ENERGY_UNIT|CARBON_UNIT|MONEY|DEVICES|ACCEL|TPP|FLOP|TOKENS|PARAMETERS|PERCENT)"

_OTHERS = "NUM (OTHER|MORE)?|(OTHER|MORE) NUM"
_LISTED = "(COMMA|AND|OR|VS|SLASH)+"
_SETS_BESIDE = "IS* (SUITS|COMPARATIVE|INSTEAD|VS)+ (WITH|LIMIT)*"
_LEADS = (
    "(LIMIT|APPROX|IS|WITH|BY|ONLY|UPTO|FROM|POWER_N|TIME_N|BUDGET_N|COST_N|ENERGY_N|CARBON_N|CAPITAL_N|TARIFF_N"
    "|PRICE_N)*"
)
_TWO_ENDS = (("BETWEEN", "AND"), ("BETWEEN", "TO"), ("BETWEEN", "RANGE"), ("FROM", "UPTO"), ("", "TO"), ("", "RANGE"))
"""What leads a range, and what stands between its ends."""


def _ranges() -> Iterator[tuple[str, str]]:
    """Both ends of a limit, in one unit that stands behind each of them or behind the second: "1 to 2 MW"."""
    units = ("POWER_UNIT", "TIME_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "TOKENS", "TPP", "DEVICES")
    money = "(LIMIT|AVAILABLE|BUDGET_N|OF_HARDWARE|CAPITAL_N)*"
    for led, between in _TWO_ENDS:
        before, join = f"{_LEADS} {led} {_LEADS}", f"{between} (APPROX|LIMIT|IS)*"
        for unit in units:
            yield "range", f"{before} NUM {unit}? {join} NUM {unit} (LIMIT|AVAILABLE|POWER_N)*"
        yield "range", f"{before} MONEY NUM MONEY? {join} MONEY? NUM MONEY? {money}"
        yield "range", f"{before} NUM MONEY? {join} (NUM MONEY|MONEY NUM MONEY?) {money}"
        yield "range", f"{before} MONEY? NUM (CENTS|MONEY)* {join} MONEY? NUM (CENTS|MONEY)* (PER|SLASH)? ENERGY_UNIT"
        yield "range", f"{before} NUM {join} NUM DEVICES? ACCEL_OF? (ACCEL|ACCEL_OF) DEVICES? (LIMIT|AVAILABLE)*"


RULES: tuple[tuple[str, str], ...] = (
    # Two ends of one limit.
    *_ranges(),
    # Amounts: upper limits, with or without the word.
    ("other_amount", f"(POWER_N|LIMIT|IS|WITH)* NUM POWER_UNIT {_SETS_BESIDE} NUM POWER_UNIT?"),
    ("other_amount", f"(TIME_N|LIMIT|IS|WITH)* NUM TIME_UNIT {_SETS_BESIDE} NUM TIME_UNIT?"),
    ("other_amount", f"NUM POWER_UNIT {_LISTED} NUM POWER_UNIT ({_LISTED} NUM POWER_UNIT)+"),
    ("other_amount", f"NUM TIME_UNIT {_LISTED} NUM TIME_UNIT ({_LISTED} NUM TIME_UNIT)+"),
    ("other_amount", "(TIME_N|LIMIT|IS|WITH)* NUM TIME_UNIT (COMMA|AND|BUT)* NEG NUM TIME_UNIT?"),  # "150 days, not 90"
    ("other_amount", "(POWER_N|LIMIT|IS|WITH)* NUM POWER_UNIT (COMMA|AND|BUT)* NEG NUM POWER_UNIT?"),
    ("other_amount", "INSTEAD (WITH|LIMIT)* NUM POWER_UNIT? COMMA? (WITH|LIMIT|IS|CAN)* NUM POWER_UNIT"),
    ("other_amount", "INSTEAD (WITH|LIMIT)* NUM TIME_UNIT? COMMA? (WITH|LIMIT|IS|CAN)* NUM TIME_UNIT"),
    (
        "other_money",
        "(BUDGET_N|LIMIT|IS|WITH)* (MONEY NUM MONEY?|NUM MONEY) (INSTEAD|VS|OR) (WITH|LIMIT|IS)* MONEY? NUM MONEY?",
    ),
    ("other_money", "(BUDGET_N|LIMIT|IS|WITH)* NUM (INSTEAD|VS) (WITH|LIMIT|IS)* NUM MONEY"),
    ("other_money", "INSTEAD (WITH|LIMIT)* NUM MONEY? COMMA? (WITH|LIMIT|IS|CAN)* NUM MONEY"),
    (
        "power",
        f"(POWER_N|LIMIT|UPTO|APPROX|IS|WITH|ONLY)* {_NUMBERS} POWER_UNIT (EACH|AVAILABLE|LIMIT|POWER_N)*",
    ),
    (
        "duration",
        f"(TIME_N|LIMIT|UPTO|APPROX|IS|WITH|BY|ONLY)* {_NUMBERS} TIME_UNIT (AND? NUM TIME_UNIT)? (LIMIT|TIME_N)*",
    ),
    (
        "budget",
        f"(BUDGET_N|COST_N|PRICE_N|LIMIT|UPTO|APPROX|IS|WITH|AVAILABLE|ONLY)* {_MONEY} (LIMIT|BUDGET_N|AVAILABLE)*",
    ),
    ("power", "LIMIT* ENERGY_N IS? NUM POWER_UNIT (LIMIT|AVAILABLE)*"),  # "maximum electricity 4 MW"
    ("budget", "BUDGET_N (LIMIT|UPTO|APPROX|IS)* (NUM|BIG)"),
    ("capital", f"(CAPITAL_N|LIMIT|UPTO|IS|WITH|APPROX)* {_MONEY} (OF_HARDWARE|CAPITAL_N) LIMIT*"),
    ("capital", f"CAPITAL_N (LIMIT|UPTO|IS)* {_MONEY}"),
    ("energy", "(ENERGY_N|LIMIT|UPTO|IS|WITH)* NUM ENERGY_UNIT (LIMIT|ENERGY_N)*"),
    ("carbon", "(CARBON_N|LIMIT|UPTO|IS|WITH)* NUM CARBON_UNIT (LIMIT|CARBON_N)*"),
    ("performance", "(COMPUTE_N|LIMIT|UPTO|IS|WITH)* NUM (TPP|H100_EQ|ACCEL EQUIVALENT) (COMPUTE_N|LIMIT)*"),
    ("operations", "(COMPUTE_N|LIMIT|UPTO|IS|WITH)* NUM FLOP (COMPUTE_N|LIMIT)*"),
    ("mix", "MIX (LIMIT|UPTO|IS)* NUM (KINDS|DEVICES)"),
    ("mix", "(LIMIT|UPTO)* NUM KINDS"),
    ("devices", "(LIMIT|UPTO|APPROX|IS|WITH|ONLY)* NUM DEVICES (LIMIT|TOTAL|AVAILABLE)*"),
    ("counted", f"(LIMIT|UPTO|APPROX|ONLY|IS|WITH|EXACT)* {_COUNTED} (AVAILABLE|LIMIT|ONLY)*"),
    ("owned", f"OWN+ (LIMIT|UPTO|ONLY|IS|APPROX)* {_COUNTED} (OWN|AVAILABLE|ONLY)*"),
    ("owned", f"(THOSE|ONLY+ WITH? OWN) {_COUNTED} (OWN|AVAILABLE|ONLY)*"),
    ("owned", f"ONLY* WITH? {_COUNTED} (AVAILABLE|IS)* OWN+"),
    ("owned", "WITH? NUM OWN ACCEL DEVICES?"),
    ("only_those", "THOSE"),
    ("price_change", f"{_PRICED} (COST_N|PRICE_N)? (IS|WITH)* TIMES {_PRICED}?"),
    ("price_change", f"TIMES {_PRICED}"),
    (
        "price_change",
        f"{_PRICED} (COST_N|PRICE_N)? (IS|BY|MORE)* NUM PERCENT (UPDOWN|MORE|COMPARATIVE)",
    ),
    ("price_change", f"{_PRICED} (COST_N|PRICE_N)? (IS|WITH)* UPDOWN (IS|BY|WITH)* NUM PERCENT"),
    ("price_change", f"{_PRICED} (COST_N|PRICE_N)? IS (IS|BY|WITH)* NUM PERCENT"),
    ("price_change", f"IS {_PRICED} (BY|WITH)* NUM PERCENT"),
    ("price_change", f"(IS|UPDOWN) (BY|WITH)* NUM PERCENT {_PRICED}"),
    ("price_change", f"NUM PERCENT (UPDOWN|MORE|COMPARATIVE) {_PRICED}"),
    ("chip_price", f"{_CHIPS} (COST_N|PRICE_N)? (IS|WITH|BY|MORE)* NUM PERCENT (UPDOWN|MORE|COMPARATIVE|EXPENSIVE)"),
    ("chip_price", f"(COST_N|PRICE_N)? {_CHIPS} (COST_N|PRICE_N)? (IS|WITH)* UPDOWN (IS|BY|WITH)* NUM PERCENT"),
    ("chip_price", f"NUM PERCENT (UPDOWN|MORE|COMPARATIVE|EXPENSIVE) (COST_N|PRICE_N|WITH)* {_CHIPS}"),
    ("chip_price", f"(COST_N|PRICE_N) {_CHIPS} (IS|BY|WITH|UPDOWN)* NUM PERCENT"),
    ("chip_price", f"{_CHIPS} (COST_N|PRICE_N) (IS|BY|WITH|UPDOWN)* NUM PERCENT"),
    ("chip_price", f"{_CHIPS} (COST_N|PRICE_N)? (IS|WITH)* TIMES"),
    ("chip_price", f"{_CHIPS} (IS|WITH)* NUM PERCENT OBJ"),
    ("chip_price", f"IF (IS|WITH|TO)* {_CHIPS} (COST_N|PRICE_N)? (IS|WITH)* (OBJ|COMPARATIVE|EXPENSIVE)"),
    ("lower_bound", f"(LIMIT|MIN|POWER_N|TIME_N|BUDGET_N|IS)* MIN (IS|MONEY)* NUM {_UNIT}?"),
    ("lower_bound", "BUDGET_N? MIN MONEY NUM"),
    ("lower_bound", "LEAST NUM (POWER_UNIT|TIME_UNIT|MONEY)"),
    ("lower_bound", f"NUM {_UNIT} MIN"),
    ("exact_amount", f"EXACT NUM {_UNIT}"),
    (
        "range",
        f"(BETWEEN|FROM) (MONEY|CENTS)* NUM {_UNIT}? (AND|TO|UPTO) MONEY* NUM (PERCENT|CENTS|{_UNIT})?"
        " ((SLASH|PER)? ENERGY_UNIT)?",
    ),
    ("range", "NUM (RANGE|TO) NUM"),
    ("range", "NUM (TO|RANGE) NUM PERCENT"),
    ("more", "(MORE NUM? (POWER_UNIT|TIME_UNIT)|NUM MORE (POWER_UNIT|TIME_UNIT)|NUM? (POWER_UNIT|TIME_UNIT) MORE)"),
    ("more", "(MORE (MONEY NUM|NUM MONEY)|(MONEY NUM|NUM MONEY) MORE)"),
    # The calendar.
    ("day_limit", f"(BY|UPTO|BEFORE|LIMIT|TIME_N|ENDOF)+ {_DAY}"),
    ("period_limit", f"(BY|UPTO|BEFORE|LIMIT|TIME_N)+ (ENDOF|MIDOF|STARTOF)? {_PERIOD}"),
    ("period_limit", f"(BY|UPTO|BEFORE|LIMIT|TIME_N)+ {_PERIOD} OVER"),
    ("period_limit", f"(ENDOF|MIDOF|STARTOF) {_PERIOD}"),
    ("period_limit", "(NEXTYEAR|NEXTMONTH|NEXTQUARTER|NEXTHALF)"),
    ("period_limit", "(BY|UPTO|BEFORE|LIMIT|TIME_N)* PERIOD_END"),
    ("period_limit", "(BY|UPTO|BEFORE|LIMIT|TIME_N)+ THISYEAR"),
    ("season", "(BY|UPTO|BEFORE|LIMIT|TIME_N)* (ENDOF|MIDOF|STARTOF)? SEASON (COMMA? YEAR)?"),
    ("as_of", f"ASOF {_DAY}"),
    ("counts_from", "(FROM_ORDER|FROM_TRAINING)"),
    # The model.
    ("size", "ARCH* BIG (PARAMETERS|TOTAL|ACTIVE|ARCH)*"),
    ("size", "ARCH* NUM (PARAMETERS|TOTAL|ACTIVE) (PARAMETERS|TOTAL|ACTIVE|ARCH)*"),
    ("tokens", f"{_LED} MORE? NUM MORE? TOKENS"),
    ("tokens_per_parameter", f"{_LED} NUM TOKENS PER_PARAM"),
    ("optimal", "OPTIMAL"),
    ("fact_n", "TOKENS"),
    ("architecture", "ARCH+"),
    ("workload", f"WORKLOAD ({_JOIN} WORKLOAD)*"),
    ("way", f"WAY ({_JOIN} WAY)*"),
    ("unpublished", "UNPUBLISHED"),
    ("sized", "SIZED"),
    # Hardware.
    ("use", f"(ONLY|WITH)* {_CHIPS} HARDWARE_N? (ONLY|IS ONLY+ (DEVICES|HARDWARE_N))*"),
    ("avoid", f"(NEG|NOR)+ (CAN|WITH|USES)* {_CHIPS} HARDWARE_N?"),
    ("avoid", f"NEG+ CAN+ (RECOMMEND|WITH|USES)* {_CHIPS} HARDWARE_N?"),
    ("not_bought", f"IF NEG+ {_CHIP} COMMA {_CHIP}"),  # "if not H100, A100": the second may be instead
    ("not_bought", f"{_CHIP} COMMA? IF NEG+ {_CHIP}"),  # "H100, if not H200"
    ("if", f"IF CAN* NEG+ (RECOMMEND|WITH|PROC)* {_CHIPS}"),  # "if we can't use H100"
    ("avoid", f"WITH? {_CHIPS} (IS|WITH)* (NEG+ AVAILABLE|BANNED+)"),
    ("avoid", f"BANNED {_CHIPS}"),
    ("avoid", f"{_CHIPS} FREE"),
    ("not_bought", f"NEG+ PROC {_CHIP}"),
    ("not_only", f"NEG+ (ONLY {_CHIPS}|{_CHIPS} ONLY)"),
    ("both_ways", f"WITHOUT_TOO {_CHIPS}"),
    ("both_ways", f"WITH {_CHIP} (AND|OR|VS|COMMA)+ NEG {_CHIP}"),
    ("both_ways", f"NEG {_CHIP} (AND|OR|VS|COMMA)+ WITH {_CHIP}"),
    ("without_devices", "NEG (DEVICES|NOR|HARDWARE_N)+"),
    ("no_licence", "(ONLY|WITH|DEVICES|HARDWARE_N|AVAILABLE)* NO_LICENCE DEVICES*"),
    ("in_country", "(ONLY|WITH|DEVICES|HARDWARE_N|AVAILABLE)* IN_COUNTRY (DEVICES|HARDWARE_N)*"),
    ("procurement", f"(ONLY|WITH|BETWEEN)* PROC ({_JOIN} PROC)* (ONLY|MORE)*"),
    ("avoid_procurement", "NEG+ RENT_N"),
    ("avoid_procurement", f"NEG+ (CAN|MORE)* PROC (({_JOIN}) NEG* PROC)* (MORE|CHANGES)*"),
    ("not_how", "PROC INSTEAD PROC"),
    ("instead_how", "INSTEAD PROC COMMA? PROC"),
    ("not_how", "ONLY* PROC ONLY* (COMMA|AND|BUT)* NEG+ MORE? PROC MORE*"),
    ("not_possible", "(PROC (COMMA|AND|BUT)+)? PROC IS? (EXPENSIVE|NEG CAN)"),
    ("basis", "BASIS (COST_N|INSTEAD BASIS)*"),
    ("both_bases", f"BASIS ({_JOIN} BASIS)+"),
    ("precision", f"(ONLY|WITH)* PRECISION ({_JOIN} PRECISION)* ONLY*"),
    # Place, law, tax, prices.
    ("country", f"BETWEEN? COUNTRY ({_JOIN} COUNTRY)*"),
    ("avoid_country", "NEG+ COUNTRY"),
    ("region", "(ONLY|NUM)? COUNTRIES_N? REGION COUNTRIES_N?"),
    ("rules", "(LIMIT|WITH)* RULES_N* RULES RULES_N*"),
    ("rules", "(LIMIT|WITH)* (RULES_N+ RULES_PART RULES_N*|RULES_PART RULES_N+)"),
    ("default_rules", "(LIMIT|WITH)* RULES_N+"),
    ("both_rules", "(LIMIT|WITH)* RULES_N+ (OR|VS|COMMA|AND|INSTEAD)+ WITH* (RULES RULES_N*|NEG+ RULES_N+)"),
    ("both_rules", "(LIMIT|WITH)* (RULES RULES_N*|NEG+ RULES_N+) (OR|VS|COMMA|AND|INSTEAD)+ WITH* RULES_N+"),
    ("both_rules", "RULES RULES_N* (OR|VS) WITH* RULES RULES_N*"),
    ("both_rules", "WITHOUT_TOO RULES_N+"),
    ("both_rules", "COMPARE IS* RULES_N+ (WITH|TO|AND|VS|OR|COMMA)+ (RULES RULES_N*|NEG+ RULES_N+)"),
    ("no_rules", "(LIMIT|WITH)* (NEG+ RULES_N+|RULES_N+ IS* LIFTED+|LIFTED RULES_N+)"),
    ("assumptions", "(LIMIT|WITH)* ASSUMPTIONS_N* ASSUMPTIONS ASSUMPTIONS_N*"),
    ("assumptions", "(LIMIT|WITH)* (ASSUMPTIONS_N+ ASSUMPTIONS_PART|ASSUMPTIONS_PART ASSUMPTIONS_N+)"),
    ("tax", "(LIMIT|WITH)* TAX_N* TAX TAX_N*"),
    ("both_taxes", f"(WITHOUT_TOO TAX_N* TAX TAX_N*|WITH? TAX {_JOIN} NEG TAX)"),
    ("no_limit", "NEG+ (TIME_N|LIMIT+ (TIME_N|BUDGET_N|POWER_N|COST_N)|(BUDGET_N|POWER_N|COST_N) LIMIT+)"),
    ("both_duties", "WITHOUT_TOO DUTY_N+"),
    ("no_duty", "NO_DUTY SHIP?"),
    ("no_duty", "(NEG+ DUTY_N+|DUTY_N+ (IS|WITH)* (LIFTED|FREE) SHIP?|(FREE|LIFTED) DUTY_N+)"),
    ("duty", "(DUTY_N+ (IS|LIMIT|TO|WITH)* NUM PERCENT?|NUM PERCENT DUTY_N+)"),
    ("utilisation", "(UTIL_N (IS|WITH|APPROX)* NUM PERCENT CASES?|NUM PERCENT CASES? UTIL_N)"),
    ("pue", "PUE (IS|LIMIT|UPTO|TO|WITH)* NUM"),
    ("overhead", "OVERHEAD (IS|LIMIT|WITH)* NUM"),
    (
        "electricity",
        "(TARIFF_N|POWER_N|ENERGY_N|COST_N|PRICE_N|IS|WITH|LIMIT)* (MONEY? NUM CENTS? MONEY?) (PER|SLASH)? ENERGY_UNIT",
    ),
    (
        "electricity",
        f"({_PRICED}|IS|WITH|LIMIT)* NUM ({_LISTED} NUM)+ CENTS? MONEY? CENTS? (PER|SLASH)? ENERGY_UNIT",
    ),
    (
        "electricity",
        f"{_TARIFF} (PER|SLASH)? ENERGY_UNIT COMMA? (INSTEAD|VS) {_TARIFF} ((PER|SLASH)? ENERGY_UNIT)?",
    ),
    ("electricity", f"{_TARIFF} (INSTEAD|VS) {_TARIFF} (PER|SLASH)? ENERGY_UNIT"),
    ("electricity", "ENERGY_UNIT (IS|COST_N)+ (MONEY NUM|NUM CENTS MONEY?|NUM MONEY)"),  # "if the kWh cost 10 cents"
    ("electricity", "ENERGY_UNIT (IS|WITH|LIMIT)* (MONEY NUM CENTS?|NUM CENTS MONEY?|NUM MONEY)"),
    ("electricity", f"{_PRICED}+ (IS|WITH|LIMIT)* (MONEY NUM|NUM CENTS MONEY?|NUM MONEY)"),
    ("electricity", f"{_PRICED}+ (COST_N|PRICE_N|IS|WITH|LIMIT)* NUM CENTS MONEY?"),  # "power costs 5 cents"
    # What to minimise, and what is asked.
    ("objective", "OBJ COST_N?"),
    ("objective", "LEAST (POSSIBLE)? (COST_N|TIME_N|TIME_UNIT|POWER_N|POWER_UNIT|ENERGY_N|CARBON_N|BASIS COST_N?)"),
    (
        "objective",
        "(COST_N|TIME_N|POWER_N|ENERGY_N|CARBON_N) LEAST (POSSIBLE)?",  # "la huella más baja"
    ),
    ("ranked_by", "COMPARE PER? (COST_N|TIME_N|POWER_N|ENERGY_N|CARBON_N)"),
    ("objective", "(LEAST BUDGET_N|BUDGET_N LEAST)"),
    ("figure_least", "FIGURE COST_N? COMMA? (LEAST|MIN)"),
    ("objective", "BY (COST_N|PRICE_N|TIME_N|POWER_N|ENERGY_N|CARBON_N)"),
    ("best_place", "BEST_PLACE"),
    ("best_place", "NUM COUNTRIES_N OBJ"),
    ("options", "(WHICH_CHIPS|OPTIONS) (IS|CAN)* BANNED+"),
    ("assumed", "ASSUMPTIONS_N+"),
    ("not_assumed", "(RULES|RULES_PART) ASSUMPTIONS_N+"),
    ("as_is", "AS_IS"),
    ("comparative", "COMPARATIVE"),
    ("figure", "FIGURE"),
    ("each_figure", "(FIGURE EACH|EACH FIGURE|(COST_N|TIME_N|ENERGY_N|CARBON_N) EACH|EACH COST_N)"),
    ("largest", "(UPTO|LIMIT)* LARGEST+"),
    ("which_country", "WHICH_COUNTRY COUNTRIES_N"),
    ("figure_chip", f"FIGURE COST_N? {_CHIPS} COST_N?"),
    ("figure", "FIGURE IS? (POWER_N|ENERGY_N|CARBON_N|TIME_N|COST_N|DEVICES)+"),
    ("figure", "FIGURE (POWER_UNIT|ENERGY_UNIT|CARBON_UNIT|TIME_UNIT|MONEY)"),  # "y cuántos días"
    (
        "why_not",
        f"WHY (IS|WITH|CAN)* NEG+ (RECOMMEND|PROC|WITH|ONLY|SUITS|LIFTED|USES)* {_CHIPS} (RECOMMEND|WORTH|SUITS)*",
    ),
    (
        "why_not",
        f"WHY (IS|CAN)* {_CHIPS} (IS|WITH)*"
        " (NEG+ (RECOMMEND|WORTH|SUITS|OBJ|BEST|CAN)*|DISCARD+|LIFTED+|WORSE+|BANNED)",
    ),
    ("why_not", f"(WHY|FIGURE)* (IS|CAN)* (DISCARD|WHATS_WRONG|LIFTED) (WITH|IS|PROC)* {_CHIPS}"),
    ("why_not", f"WHY? NEG+ (RECOMMEND|WORTH|SUITS|OBJ|BEST)+ (WITH)* {_CHIPS}"),
    ("why_not", f"(IF|CAN)* {_CHIPS} (IS|CAN)* WORSE+ (VS|INSTEAD)?"),
    ("why_not", f"(WORSE+ IS* {_CHIPS} (VS|INSTEAD)?|{_CHIPS} WHATS_WRONG)"),  # "what do TPUs have against them"
    ("why_not", "WHY (IS|CAN)* NEG+ (ONLY|RECOMMEND|SUITS|WORTH|BEST|OBJ|IS|CAN|WITH)* PROC"),
    ("why_not", "WHY (IS|CAN)* PROC (IS|WITH|HARDWARE_N|DEVICES)* NEG+ (RECOMMEND|SUITS|WORTH|BEST|OBJ)*"),
    ("why_not", "(WHY|FIGURE)* (IS|CAN)* (DISCARD|WHATS_WRONG) (WITH|IS)* PROC"),
    ("why_first", f"(DISCARD|WHATS_WRONG) (WITH|IS)* (PROC|{_CHIPS}) (INSTEAD|VS)+ (WITH|IS)* (PROC|{_CHIPS})"),
    ("why_worse", f"WHY (IS|CAN)* (PROC|{_CHIPS}) (IS|CAN)* WORSE+ (VS|INSTEAD|TO)* (PROC|{_CHIPS})?"),
    ("why_not", f"WHY_NOT (RECOMMEND|PROC|WITH|ONLY|CAN)* {_CHIPS} (RECOMMEND|WORTH|SUITS|OBJ|BEST|CAN|ENOUGH)*"),
    ("why_not", "WHY_NOT (RECOMMEND|WITH|ONLY|CAN)* PROC (RECOMMEND|WORTH|SUITS|ENOUGH)*"),
    (
        "why_instead",
        f"WHY (IS|CAN|RECOMMEND|ONLY|WITH)* (PROC|{_CHIPS}) (IS|WITH|CAN)*"
        f" (SUITS|COMPARATIVE|OBJ|BEST|CHANGES|MORE|COMPARE)+ (VS|INSTEAD)? (PROC|{_CHIPS})",
    ),
    ("why_have", "WHY (IS|CAN|RECOMMEND|ONLY)* PROC"),
    ("why_these", f"WHY (IS|CAN|RECOMMEND|ONLY|SUITS)* {_CHIPS} (RECOMMEND|ONLY|OBJ|BEST)*"),
    ("why_none", "WHY (IS|CAN)* NEG+ CAN*"),
    (
        "why_instead",
        f"WHY (CAN|RECOMMEND|ONLY|SUITS|COMPARATIVE|BEST|OBJ|IS|WITH)* (PROC|{_CHIPS})"
        f" (AND|COMMA|DEVICES|HARDWARE_N)* (INSTEAD|NEG+|VS) (WITH|RECOMMEND)* (PROC|{_CHIPS})",
    ),
    ("within", "(LIMIT|UPTO|WITH|IS|APPROX)* NUM PERCENT OPTIMUM"),
    ("dearer_by", "(LIMIT|UPTO|WITH)+ NUM PERCENT (COMPARATIVE|EXPENSIVE|MORE)"),
    ("draws", "(WITH|IS|FROM)* NUM DRAWS"),
    ("holds", "ROBUST* (WITH|LIMIT|MIN|IS|APPROX)* NUM PERCENT CASES"),
    ("holds", "(WITH|LIMIT|MIN|IS)* NUM PERCENT SENSITIVITY"),  # "with 90 % confidence"
    ("holds", "ROBUST* (WITH|LIMIT|MIN|IS|APPROX)* NUM (EACH|WITH|FROM)* NUM CASES"),
    ("holds", "ROBUST+ (WITH|IS|APPROX)* NUM PERCENT"),
    ("robust", "ROBUST"),
    ("price_of", f"(PRICE_N|COST_N) IS? {_CHIP}"),
    ("cost_with", f"COST_N IS? WITH* {_CHIP} ((VS|OR) WITH* {_CHIP})+"),
    ("price_of", f"{_CHIP} PRICE_N"),
    ("price_of", f"(PRICE_N|FIGURE) TIPPING {_CHIP}"),
    ("buyer", "(WITH|IS)* BUYER+"),
    ("rent_of", f"(RENT_N (RENT_N|PROC)*|PROC PRICE_N|PRICE_N PROC) IS? {_CHIP}"),
    ("rent_of", f"{_CHIP} RENT_N"),
    ("how_cheap", f"HOW_CHEAP (IS|CAN|WITH)* ({_CHIP}|POWER_N|ENERGY_N)"),
    ("tipping", "HOW_CHEAP"),
    ("mfu_of", f"MFU_N (IS|DATA|WITH)* {_CHIP}"),
    (
        "share_machine",
        "(SHARE_MACHINE (WITH|COMMA|IS)* COUNTRY?|HARDWARE_N (WITH|COMMA|IS)* COUNTRY (WITH|COMMA|IS)* SHARED"
        "|SHARED HARDWARE_N (WITH|COMMA|IS)* COUNTRY?)"
        f" (WITH ({_OTHERS}) COUNTRIES_N|WITH NUM (OTHER|MORE)|AND? NUM OTHER COUNTRIES_N|EACH)?",
    ),
    ("members", f"({_OTHERS}) COUNTRIES_N"),
    ("before_buying", "BEFORE (COUNTRY|COUNTRIES_N)? (PROC|RECOMMEND|CHANGES|SUITS|WORTH)+"),
    ("compare", "(COST_N|TIME_N)? FUNCTION"),
    *(
        (kind.lower(), kind)
        for kind in (
            *("EXPLAIN", "ALTERNATIVES", "LARGEST", "TIPPING", "CHANGES", "SENSITIVITY", "WAYS", "CONSORTIUM", "ALONE"),
            *("LAW", "BANNED_LAW", "SHIP", "OPTIONS", "DATA", "DATA_LIST", "VALIDATE", "REPRODUCE", "FRONTIER"),
            *("COMPARE", "SWEEP", "WHICH_COUNTRY", "ALL_COUNTRIES", "WHY", "EXPENSIVE", "WORTH", "BEST", "WHERE_HERE"),
            *(
                "FEED_WAYS",
                "WHICH_MODEL",
                "FACT_N",
                "CANNOT",
                "FOLLOW",
                "BEFORE",
                "IF",
                "SUITS",
                "ENOUGH",
                "WHICH_CHIPS",
                "FORM",
            ),
        )
    ),
    ("two_nouns", f"SWEEP {_MEASURE} (WITH|VS|FUNCTION|IF|BY|AND|OR)* {_MEASURE}"),
    ("two_nouns", f"{_MEASURE} (SWEEP|WORTH|CHANGES)+ (WITH|FUNCTION|IF)+ {_MEASURE}"),
    ("two_nouns", f"COMPARE? {_MEASURE} (SWEEP|FRONTIER)? (VS|SLASH|FUNCTION) {_MEASURE}"),
    ("nouns", f"FRONTIER (WITH|IS|BETWEEN)* {_MEASURE} (AND|VS|SLASH|COMMA|TO|OR|FUNCTION) {_MEASURE}"),
    (
        "noun",
        "(POWER_N|TIME_N|BUDGET_N|COST_N|ENERGY_N|CARBON_N|TARIFF_N|DUTY_N|PUE|PRICE_N|RENT_N|COMPUTE_N|CAPITAL_N)",
    ),
)
"""Name of the reader and pattern, in the order in which ties are settled."""
