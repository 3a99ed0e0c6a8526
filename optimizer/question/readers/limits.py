"""Amounts that bound a plan: power, time, money, energy, carbon, compute; and the figures of a site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from optimizer.domain.limits import KINDS, KindName
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene, fact, reader
from optimizer.question.limit_names import NAMES
from optimizer.question.matching import Match
from optimizer.question.tokens import Token
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.language import say, unit_words
from optimizer.units.quantities import UNITS, exact_decimal, shown_here

_CENTS = 100
_MOST_PER_KWH, _MOST_CENTS = 2, Decimal("0.4")
LEAST_BUDGET = 100
"""US dollars: no training costs less, and a price of electricity may have been meant."""
_LONG_DAYS = 60
_MONEY_MOST_DIGITS = 20
_MONEY_DIGITS = Decimal("0.01")


def number_of(token: Token) -> Fraction:
    """The number of a token of kind NUM, above zero.

    Raises:
        RefusalError: it is zero.
    """
    assert token.number is not None
    if token.number <= 0:
        raise RefusalError("positive", token)
    return token.number


def limits_of(match: Match, kind: KindName, values: list[tuple[Decimal | int, str]]) -> Iterator[Fact]:
    """The values of a limit, in its unit, each as a fact of its field; of several the case is planned with each."""
    approx = next((token.text for token in match.all("APPROX")), "")
    for value, note in values:
        note = "; ".join(filter(None, (note, say('"{approx}" read as at most', approx=approx) if approx else "")))
        unit = say("day") if value == 1 and KINDS[kind].unit == "days" else unit_words(KINDS[kind].unit)
        words = say("{limit} {value} {unit}", limit=NAMES[kind], value=shown_here(value), unit=unit)
        yield fact(match, KINDS[kind].field, value, words, note, listed=len(values) > 1)


def _in_unit(match: Match, terminal: str) -> list[tuple[Decimal | int, str]]:
    """The numbers of a run in the unit that stands there, exactly."""
    unit = UNITS[match.all(terminal)[0].value]
    return [(exact_decimal(number_of(token) * unit.factor), say(unit.definition)) for token in match.all("NUM")]


@reader("power")
def read_power(match: Match, scene: Scene) -> Iterator[Fact]:
    """A limit on the peak of the site."""
    if match.has("EACH"):
        yield fact(match, "each_mw", _in_unit(match, "POWER_UNIT")[0][0], f"{match.all('NUM')[0].text} each")
        return
    yield from limits_of(match, "grid", _in_unit(match, "POWER_UNIT"))


@reader("other_amount")
def read_other_amount(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "200 days instead of 100", "1 MW vs 300 kW": two values of one limit, the unit said once or twice."""
    numbers, units = match.all("NUM"), match.all("POWER_UNIT", "TIME_UNIT")
    values: list[tuple[Decimal | int, str]] = []
    for number, unit in zip(numbers, units if len(units) == len(numbers) else (units[0], units[-1]), strict=True):
        known = UNITS[unit.value]
        amount = number_of(number) * known.factor
        value = exact_decimal(amount) if match.has("POWER_UNIT") else whole_days(match, amount)
        values.append((value, say(known.definition)))
    yield from limits_of(match, "grid" if match.has("POWER_UNIT") else "deadline", values)


@reader("duration")
def read_duration(match: Match, scene: Scene) -> Iterator[Fact]:
    """A deadline in days; "a year and a half" and "two years and three months" add up.

    Raises:
        RefusalError: two times that do not add up, or days that cannot be planned.
    """
    units = match.all("TIME_UNIT")
    numbers = match.all("NUM")
    values = []
    if len(units) == 2 and len(numbers) == 2:
        if UNITS[units[1].value].factor >= UNITS[units[0].value].factor:  # "a year for three years"
            raise RefusalError("two_values", match, said=f"deadline_days|{numbers[0].text} {units[0].text}|...")
        days = sum(number_of(n) * UNITS[u.value].factor for n, u in zip(numbers, units, strict=True))
        values.append((Fraction(days), say(UNITS[units[0].value].definition)))
    else:
        unit = UNITS[units[0].value]
        for token in numbers:
            values.append((number_of(token) * unit.factor, say(unit.definition)))
    whole: list[tuple[Decimal | int, str]] = [(whole_days(match, Fraction(days)), note) for days, note in values]
    yield from limits_of(match, "deadline", whole)


def whole_days(match: Match, days: Fraction) -> int:
    """Whole days; of a long time the part of a day is left out: half a year is 182 days, the cautious reading.

    Raises:
        RefusalError: a short time that is no whole number of days; more than ten years.
    """
    if days.denominator != 1 and days < _LONG_DAYS:
        below, above = int(days) or 1, -(-days.numerator // days.denominator)
        raise RefusalError("whole_days", match, said=f"{float(days):.6g}|{below}|{above}")
    if days > MAX_DEADLINE_DAYS:
        raise RefusalError("long_deadline", match)
    return int(days)


def no_currency(match: Match) -> RefusalError:
    """The refusal of an amount of money without a currency; what to write is the amount with one: $20M."""
    amount = re.sub(r"(?<=[0-9]) (?=[kKMB]$)", "", match.all("NUM", "BIG")[0].text)
    return RefusalError("no_currency", match, said=amount)


def dollars(match: Match, scene: Scene) -> list[tuple[Decimal, str]]:
    """The amounts of money of a run in US dollars, with the rate where they are in another currency.

    Raises:
        RefusalError: a currency that is not known, or a peso of no country.
    """
    unit = _currency(match.all("MONEY"), scene)
    rate = scene.names.rate(unit)
    if rate is None:
        raise RefusalError("no_rate", match.all("MONEY")[0], said=unit)
    per_usd, day = rate
    found = []
    for token in match.all("NUM"):
        amount = number_of(token) * (Fraction(1, _CENTS) if match.has("CENTS") else 1)
        if unit == "USD":
            _check_sign(match, token, amount, scene)
            found.append((exact_decimal(amount), ""))
            continue
        usd = Decimal((amount / per_usd).numerator) / Decimal((amount / per_usd).denominator)
        if usd.adjusted() < _MONEY_MOST_DIGITS:  # beyond that the amount itself is refused, with its bound
            usd = usd.quantize(_MONEY_DIGITS if usd > 1 else Decimal("0.000001"))
        found.append(
            (
                usd,
                say(
                    "{amount} {currency} at {rate} per USD, {day}",
                    amount=shown_here(exact_decimal(amount)),
                    currency=unit,
                    rate=shown_here(exact_decimal(per_usd)),
                    day=day,
                ),
            )
        )
    return found


def _check_sign(match: Match, number: Token, amount: Fraction, scene: Scene) -> None:
    """ "$600.000.000" in Colombia: a bare sign that is also that of the country's own money.

    Raises:
        RefusalError: an amount as people write it in that money: with points between its thousands, or very large.
    """
    if [token.text for token in match.all("MONEY")] != ["$"]:
        return
    own = {scene.names.currency_of(country) for country in scene.countries} & _WRITTEN_AS_DOLLARS
    if own and (number.text.count(".") > 1 or amount >= _LARGE_USD):
        said = f"${number.text}|{sorted(own)[0]}"
        raise RefusalError("which_dollar", match, said=said)


_WRITTEN_AS_DOLLARS = frozenset({"ARS", "CLP", "COP", "MXN", "UYU", "DOP"})
_LARGE_USD = 100_000_000


def _currency(tokens: list[Token], scene: Scene) -> str:
    """The currency of an amount; "5 million US dollars" and "$5M USD" name one twice."""
    said = [token.value for token in tokens]
    if len(set(said)) == 2 and "USD" in said and tokens[0].text == "$":
        said.remove("USD")  # "$5M MXN"
    if len(set(said)) > 1:  # "€5M or $5M"
        raise RefusalError("which_currency", tokens[-1], said=tokens[-1].text)
    name = said[-1] if said else "USD"
    if name.startswith("?"):
        ending = {"?peso": ("ARS", "CLP", "COP", "MXN", "UYU", "DOP", "PHP"), "?rupee": ("INR", "LKR", "PKR")}
        ending |= {"?dirham": ("AED", "MAD"), "?shilling": ("KES",), "?franc": ("CHF", "XOF"), "?dinar": ("TND", "JOD")}
        named = {scene.names.currency_of(country) for country in scene.countries} & set(ending.get(name, ()))
        if len(named) != 1:
            raise RefusalError("which_currency", tokens[-1], said=tokens[-1].text)
        return named.pop()
    return name


@reader("budget", "other_money")
def read_budget(match: Match, scene: Scene) -> Iterator[Fact]:
    """The most that a plan may cost; in English a budget without a currency is in dollars.

    Of "800k dollars rather than 400k" two budgets, the currency said once or twice.

    Raises:
        RefusalError: too little for any training, or no currency outside English.
    """
    if match.has("MONEY"):
        amounts = dollars(match, scene)
        if any(usd < LEAST_BUDGET for usd, _ in amounts):
            raise RefusalError("small_budget", match)
        yield from limits_of(match, "budget", [*amounts])
        return
    number = match.all("NUM", "BIG")[0]
    if scene.language != "en" or not number.scale:
        raise no_currency(match)
    value = exact_decimal(number_of(number))
    yield from limits_of(match, "budget", [(value, say("US dollars, because no currency is given"))])


@reader("energy", "carbon")
def read_energy_or_carbon(match: Match, scene: Scene) -> Iterator[Fact]:
    """The most energy of the run, or the most emissions."""
    kind: KindName = "energy" if match.name == "energy" else "carbon"
    yield from limits_of(match, kind, _in_unit(match, f"{kind.upper()}_UNIT"))


@reader("performance")
def read_performance(match: Match, scene: Scene) -> Iterator[Fact]:
    """A cap on total processing performance, in TPP or in so many H100.

    Raises:
        RefusalError: the TPP of the accelerator is not known.
    """
    count, note = number_of(match.all("NUM")[0]), ""
    if not match.has("TPP"):
        named = match.all("ACCEL")
        known = scene.names.tpp(named[0].value.partition(";")[0] if named else "")
        if known is None:
            raise RefusalError("no_tpp", match)
        note = say("1 {accelerator} equivalent = {tpp} TPP", accelerator=known[0], tpp=shown_here(known[1]))
        count *= Fraction(known[1])
    yield from limits_of(match, "tpp", [(exact_decimal(count), note)])


@reader("operations")
def read_operations(match: Match, scene: Scene) -> Iterator[Fact]:
    """A number of operations: a cap where a word of a limit stands there, else the size of the run."""
    value = exact_decimal(number_of(match.all("NUM")[0]))
    said = match.all("LIMIT", "UPTO")
    if said or any("cap" in t.text or "limit" in t.text or "thresh" in t.text for t in match.all("COMPUTE_N")):
        yield from limits_of(match, "training_flop", [(value, "")])
    else:
        yield fact(match, "run_flop", value, say("a run of {value} FLOP", value=shown_here(value)))


@reader("mix")
def read_mix(match: Match, scene: Scene) -> Iterator[Fact]:
    """How many kinds of server a plan may combine."""
    value = count_of(match.all("NUM")[0])
    yield fact(match, "mix", value, say("limit of {value} options in a plan", value=value))


def count_of(token: Token) -> int:
    """A whole number of things.

    Raises:
        RefusalError: it is none.
    """
    value = number_of(token)
    if value.denominator != 1:
        raise RefusalError("whole", token)
    return int(value)


@reader("pue", "overhead")
def read_ratio(match: Match, scene: Scene) -> Iterator[Fact]:
    """A ratio of at least 1.

    Raises:
        RefusalError: it is below 1.
    """
    token = match.all("NUM")[0]
    value = exact_decimal(number_of(token))
    if value < 1:
        raise RefusalError("ratio", token)
    words = say("PUE") if match.name == "pue" else say("compute overhead")
    yield fact(match, match.name, value, say("{words} {value}", words=words, value=shown_here(value)))


def share_of(match: Match) -> Decimal:
    """A share: 16 % and 0.16 alike; a number above 1 without a sign is in per cent."""
    value = match.all("NUM")[0].number or Fraction(0)
    if match.has("PERCENT") or value > 1:
        value /= 100
    return exact_decimal(value)


@reader("duty", "no_duty")
def read_duty(match: Match, scene: Scene) -> Iterator[Fact]:
    """An import duty in place of the country's."""
    value = share_of(match) if match.all("NUM") else Decimal(0)
    yield fact(match, "import_duty", value, say("import duty {value} %", value=shown_here(value * 100)))


@reader("utilisation")
def read_utilisation(match: Match, scene: Scene) -> Iterator[Fact]:
    """The share of its days that a server is at work, on the amortised basis."""
    value = share_of(match)
    yield fact(match, "utilisation", value, say("utilisation {value} %", value=shown_here(value * 100)))


@reader("electricity")
def read_electricity(match: Match, scene: Scene) -> Iterator[Fact]:
    """A price of electricity in place of the country's; without a unit it is that of a kWh.

    Raises:
        RefusalError: no currency is said, or no unit where the amount is no price of a kWh.
    """
    if not match.has("MONEY", "CENTS"):
        raise no_currency(match)
    amounts = dollars(match, scene)
    if match.has("INSTEAD"):
        amounts.reverse()  # "5 cents instead of 8": what is left comes first
    for usd, note in amounts:
        bare = match.has("CENTS") and not match.has("MONEY") and scene.language != "en"
        if bare and usd > _MOST_CENTS:  # 60 centavos in Brazil are not 60 cents of a dollar
            raise RefusalError("which_currency", match, said=match.all("CENTS")[0].text)
        if units := match.all("ENERGY_UNIT"):
            usd = exact_decimal(Fraction(usd) / (UNITS[units[0].value].factor / UNITS["kWh"].factor))
        elif usd > _MOST_PER_KWH:
            raise RefusalError("per_unit", match)
        else:
            note = note or say("read as the price of a kWh")
        words = say("electricity at {usd} USD/kWh", usd=shown_here(usd))
        yield fact(match, "electricity_usd_per_kwh", usd, words, note, listed=len(amounts) > 1)


_DIRECTIONS = {"up": 1, "dearer": 1, "down": -1, "cost": -1}
"""Value of a word for a change -> its sign; "cheaper" is cost."""


@reader("price_change")
def read_price_change(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "if electricity doubles", "electricity 20 % more expensive": the country's price, changed so much.

    Raises:
        RefusalError: several countries, each with its price; no word says up or down, or that a price is meant.
    """
    if not _is_of_a_price(match):
        raise RefusalError("price_or_amount", match)
    if (price := scene.names.electricity(scene.countries)) is None:
        raise RefusalError("price_of_which", match)
    if turns := match.all("TIMES"):
        factor = Fraction(turns[0].value)
    else:
        values = ("up" if token.kind == "MORE" else token.value for token in match.tokens)
        ways = {_DIRECTIONS[value] for value in values if value in _DIRECTIONS}
        if len(ways) != 1:
            raise RefusalError("percent_of_what", match)
        factor = 1 + ways.pop() * Fraction(share_of(match))
    if factor <= 0:
        raise RefusalError("positive", match)
    usd = exact_decimal(Fraction(price) * factor)
    words = say("electricity at {usd} USD/kWh instead of {price}", usd=shown_here(usd), price=shown_here(price))
    yield Fact("electricity_usd_per_kwh", usd, words, match.start, match.end, note="if")


def _is_of_a_price(match: Match) -> bool:
    """Whether a price is what changes: "if power doubled" may be the connection, "20 % more energy" what is used."""
    priced = match.has("TARIFF_N", "COST_N", "PRICE_N", "COMPARATIVE", "EXPENSIVE")
    said = " ".join(token.text.lower() for token in match.tokens)
    by_name = match.has("ENERGY_N") and not match.has("MORE") and _ELECTRICITY.search(said) is not None
    return priced or by_name or _OF_A_PRICE.search(said) is not None


_ELECTRICITY = re.compile(r"electri|eletri|électri|\bluz\b|energ[ií]a\b|énergie")
_OF_A_PRICE = re.compile(r"expensive|pric|dear|costl|cheap|car[oa]s?\b|prec|preç|barat|encare|cher\b|chère|tarif")


@reader("more")
def read_more(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "one more MW", "an extra month": what more of a limit would be worth."""
    number = match.all("NUM")
    amount = number_of(number[0]) if number else Fraction(1)
    for terminal, kind in (("POWER_UNIT", KINDS["grid"]), ("TIME_UNIT", KINDS["deadline"]), ("MONEY", KINDS["budget"])):
        for unit in match.all(terminal):
            factor = UNITS[unit.value].factor if terminal != "MONEY" else Fraction(1)
            value = exact_decimal(amount * factor)
            words = say("{value} {unit} more", value=shown_here(value), unit=unit_words(kind.unit))
            yield fact(match, "more", (kind.field, value), words)
            return


@reader("lower_bound", "exact_amount")
def read_bound(match: Match, scene: Scene) -> NoReturn:
    """A lower bound, or an exact amount: no plan has one.

    Raises:
        RefusalError: at the words.
    """
    raise RefusalError(match.name, match)
