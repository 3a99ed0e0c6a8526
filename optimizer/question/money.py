"""What the currency of a question says besides an amount: the country that pays in it, and the money of the answer."""

from __future__ import annotations

from optimizer.question.facts import Fact
from optimizer.question.senses.context import PLACES
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.names import Names
from optimizer.units.language import say


def currencies_asked_for(tokens: list[Token], names: Names) -> list[str]:
    """ "How much is it in reais": the answer has US dollars, and the rate is said."""
    found = []
    for place, token in enumerate(tokens):
        beside = [other for other in tokens[max(0, place - 1) : place + 2] if other.kind in ("NUM", "CENTS", "MONEY")]
        rate = names.rate(token.value) if token.kind == "MONEY" and len(beside) == 1 else None
        if rate is not None and token.value != "USD":
            found.append(
                say(
                    "amounts are in US dollars: 1 USD is {rate:,} {currency} ({date})",
                    rate=round(float(rate[0]), 2),
                    currency=token.value,
                    date=rate[1],
                )
            )
    return found


def country_of_money(tokens: list[Token], names: Names) -> list[Fact]:
    """ "30 million Colombian pesos" with no place: the one country that pays in them, and it is said."""
    money = [token for token in tokens if token.kind == "MONEY"]
    money = [token for token in money if token.text != "$"] or money  # "$450 millones de pesos colombianos"
    if PLACES & {token.kind for token in tokens} or len({token.value for token in money}) != 1:
        return []
    code = names.country_of_currency(money[0].value)
    words = say("country {token}", token=names.name_of(code)) if code else ""
    return [Fact("country", code, f"{words} ({money[0].text})", money[0].start, money[0].end)] if code else []
