"""The words for what cannot be read: what is wrong, and what can be asked instead. No advice changes a meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from optimizer.question.context import one_edit, swapped
from optimizer.question.errors import QuestionError, Refusal
from optimizer.question.names import Names
from optimizer.question.phrases import FIRST, Language, key_of
from optimizer.question.tokens import Token

_SHORTEST = 4
_SHOWN_WORD = 60
_MOST_WORDS = 8
_NOT_SUGGESTED = frozenset(
    (
        *("NEUTRAL", "NEG", "NOR", "ONLY", "LIMIT", "MIN", "APPROX", "IF", "MORE", "HAVE", "OUR", "OWN", "NUM", "SCALE"),
        *("OR", "AND", "BUT", "CANNOT", "MONEY", "LEAST", "WITH", "ONE", "IS", "EACH", "AVAILABLE"),
    )
)
"""Kinds that decide too much to be guessed from a word that was not known."""
_ONE_CURRENCY = "name the currency, such as 5 million USD, R$ 30 million or 4 million euros"

WORDS: Mapping[str, tuple[str, str]] = {
    "empty": ("the question is empty", ""),
    "nothing": ("the question says nothing to plan by", ""),
    "unknown_word": ('unknown word "{said}"', ""),
    "unknown_words": ('unknown words "{said}"', ""),
    "unknown_sign": ('unknown sign "{said}"', ""),
    "sign": ("a sign before a number is not understood", "a limit is a number above 0, such as 1 MW; a deadline is at least one day"),
    "positive": ("a limit must be more than 0", "a deadline is at least one day, a limit any number above 0"),
    "number": ("this is not a number here", "write it with a decimal point and no separators, such as 1234.5"),
    "long_number": ("a number has at most 40 characters", ""),
    "exponent": ("an exponent has at most two digits, such as 1e25", ""),
    "space_in_number": ("a space within a number is not understood", "write {said} if one number is meant"),
    "two_readings": ("this number could be {0} or {1}: write one of them", ""),
    "decimal_comma": ("a comma within a number: write {said}", "in English a decimal has a point"),
    "no_unit": ("a number without a unit", "say 1 MW, 120 days, $5M, at most 512 H100, 10T tokens, a 70B model"),
    "no_currency": ("an amount of money without a currency", _ONE_CURRENCY),
    "per_unit": ("a price of electricity needs its unit", "say 5 cents per kWh, or 50 USD/MWh"),
    "which_currency": ('"{said}" of which country?', "name the country in the question, or give the amount in USD"),
    "no_rate": ("no exchange rate of {said} is in the data", "give the amount in USD"),
    "no_tpp": ("the TPP of this accelerator is not known", "give the cap in TPP"),
    "long_scale": ("a billón is 1e12: {said} trillion parameters, or {said} mil millones (7B = 7 mil millones)?", "write the number with B for 1e9, such as 7B"),
    "whole": ("a count must be a whole number", "write it without a decimal point"),
    "whole_days": ("{0} days: a deadline is in whole days", "write {1} or {2} days"),
    "long_deadline": ("a deadline is at most 3,650 days, ten years", ""),
    "ratio": ("this ratio is at least 1", "say 1.2 for a fifth on top"),
    "share": ("a share is above 0 and at most 100 %", ""),
    "lower_bound": ("a lower bound is not understood: every limit is an upper limit", "say under 1 MW, at most 512 H100, within 120 days"),
    "exact_amount": ("an exact amount cannot be asked for: every limit is an upper limit", "say at most 256 H100"),
    "range": ("a range is no limit", "give the upper limit, such as under 2 MW, or compare two values: 1 MW or 2 MW"),
    "no_day": ("no such day in the calendar", "write a day as 2027-03-31"),
    "no_year": ("no such year in this calendar", "write a day as 2027-03-31"),
    "two_days": ("this day could be {0} or {1}", "write one of them"),
    "which_day": ("{0} could be {1} or {2}", "say before {0}, or by the end of {0}"),
    "past_day": ("{said}", ""),
    "unpublished": ('the size and the tokens of "{said}" were never published', "say a model of your own by its size and tokens, such as a 70B model on 15T tokens, or one of the data (optimizer data list workloads)"),
    "how_many_owned": ("how many of these are owned?", "say we own 64 A100"),
    "bare_count": ("exactly so many, at most so many, or owned?", "say at most 64 H100, or we own 64 H100"),
    "counted_and_used": ("a count of some accelerators, and others beside it", "say at most 64 A100 and at most 32 H100"),
    "two_counts": ("two counts of {said}", "say one of them"),
    "two_chips": ("two names beside each other that share no accelerator", "say one of them"),
    "no_such_chips": ("no accelerator of these is in the data", "optimizer data list accelerators"),
    "not_only": ('"only" after a negation is not understood', "say without H100, or only H100"),
    "without_devices": ("a plan without GPU, accelerator or chip cannot be made: only accelerators are in the data", "name those to leave out, such as without H100"),
    "no_way_left": ("no way to have servers is left", "allow buying or renting"),
    "avoid_country": ("a country to avoid is not understood", "name the country or the countries to plan for"),
    "empty_region": ("no country of this region is in the data", "optimizer data list countries"),
    "two_values": ("two values for one thing: {1} and {2}", "say one of them; to compare them, say 1 MW or 2 MW, Brazil or Mexico"),
    "two_axes": ("two things are compared at once", "compare one thing at a time, such as Brazil or Mexico"),
    "compare_what": ("what is to be compared?", "name both, such as compare Brazil and Mexico, H100 or A100, 1 MW or 2 MW"),
    "one_at_a_time": ("this question takes one case at a time", "ask it for one country, one limit, one choice"),
    "use_and_avoid": ("both to use and to avoid: {said}", "say one of them"),
    "owned_not_used": ("owned, but not among those to use: {said}", "name it among those to use as well"),
    "two_sought": ("the largest model, or the most tokens?", "say one of them"),
    "sought_given": ("{said} sought, and this gives it", "say the one or the other"),
    "per_parameter_of_what": ("tokens per parameter of what?", "say largest model at 20 tokens per parameter"),
    "law_of_one": ("the law is asked about one accelerator and one country", "say is the H100 allowed in Viet Nam?"),
    "not_of_law": ("the law is the same whatever this limit", "ask for a plan, or for the law, one after the other"),
    "not_of_data": ("this is no part of a look-up", "ask for a plan, or look up one country or accelerator"),
    "shared_where": ("where does the shared machine stand?", "say share a machine in Brazil with four other countries"),
    "whose_limit": ("the limit of which site?", "give each site its own: Mexico with 1 MW and Colombia with 0.5 MW, or 1 MW each"),
    "same_site": ("the same country twice", "one run needs several sites in different countries; for two in one, optimizer consortium takes a file"),
    "two_measures": ("a trade-off is between two measures", "say trade-off between cost and time"),
    "more_than_what": ("more than what?", "say what there is now: 1 MW and 120 days, one more MW"),
    "workload_and_size": ("a named workload has its own size", "say the workload, or the size of your own"),
    "no_size": ("the size of the model is missing", "say a 70B model, or 671B total parameters"),
    "no_tokens": ("the training tokens are missing", "say how many, such as a 70B model on 15T tokens, or Chinchilla-optimal"),
    "no_active": ("the active parameters are missing", "say how many, such as 37B active parameters"),
    "more_active": ("more active parameters than {said} billion in total", ""),
    "not_architecture": ("this does not go with its active parameters", "leave the word out, or change the parameters"),
    "run_of_what": ("a run of so many operations is of which model?", "say its parameters and tokens, such as a 70B model on 15T tokens; a cap is said as under 1e25 FLOP"),
    "two_objectives": ("two objectives: {1} and {2}", "say one of them; the other can be a limit, such as under $5M or within 120 days"),
    "objective_of_part": ("this is not minimised by itself", "say lowest cost, fewest days, lowest peak power, least energy or lowest carbon"),
    "choice": ("a choice between these is not understood", "'or' joins two of one kind: Brazil or Mexico, H100 or A100, 1 MW or 2 MW"),
    "does_not_measure": ('"{0}" does not measure {1}', "say under 1 MW, within 120 days, under $5M, at most 500 tCO2e"),
    "negation": ("this negation is not understood", "say without H100, no more than 1 MW, without renting"),
    "but": ('"but" before a name is not understood', "say with H100, or without H100"),
    "left": ('"{said}" is not understood here', ""),
    "only": ('"{said}" of what?', "say only H100, or rent only"),
    "limit": ("a limit needs a number and a unit", "say under 1 MW, within 120 days, at most 512 H100, under $5M"),
    "date": ("a date should follow", "say by 2027-03-31, by 31 March 2027, before June 2027, or in 120 days"),
    "unit_alone": ('"{said}" needs a number before it', "say under 1 MW, in 120 days"),
    "month_alone": ("a date needs a day or an end, and a year", "say by 31 March 2027, before June 2027"),
    "two_questions": ("two questions at once", "ask them one after the other"),
    "follow_up": ("this goes on from an earlier question, and none is known here", "say the whole question, or use optimizer ask -i, which keeps the last one"),
    "where_home": ("which country is meant?", "name it, such as in Chile"),
    "not_in_data": ('"{said}" is a country or territory without figures in the data', "a country pack adds it: optimizer guide data; optimizer data list countries shows the others"),
    "wrong_unit": ('unknown unit "{said}"', ""),
    "no_licence_where": ("without a licence in which country?", "name it, such as in Kenya"),
    "none_without_licence": ("no accelerator of the data may go there without a licence", "optimizer options lists each with its reason"),
    "value": ("{said}", ""),
    "cannot_inference": ('"{said}": training only is planned, no inference, no serving of users', "ask what training the model costs"),
    "cannot_water": ('"{said}": water is not in the data', "energy, carbon, power and cost are: how much energy does Llama 3.1 70B take in Chile under 2 MW?"),
    "cannot_jobs": ('"{said}": jobs and effects on the economy are not in the data', "cost, time, power, energy and carbon are"),
    "cannot_renewables": ('"{said}": how the site gets its power is not understood in a question', "the price of electricity can be stated (at 5 cents per kWh), and carbon be least (greenest plan)"),
    "cannot_schedule": ('"{said}": a run that stops by the clock cannot be planned', "a run works day and night until it is done"),
    "cannot_finance": ('"{said}": loans, interest and subsidies are not planned', "a budget is: under $5M"),
    "cannot_cloud": ('"{said}": prices of one provider or spot prices are not in the data', "rents in the country are: rent only, in the US"),
    "cannot_discount": ('"{said}": another price of hardware cannot be stated in a question', "ask from which price the choice changes: break-even price of the A100"),
    "cannot_evasion": ('"{said}": nothing is planned around the law', "ask what the law says: is the H100 allowed in Viet Nam?"),
    "cannot_weather": ('"{said}" is no part of a plan', ""),
    "cannot_data_work": ('"{said}": data, tokenizers and quality of models are no part of a plan', "compute, power, time and cost are"),
    "cannot_prediction": ('"{said}" is no part of a plan', ""),
    "cannot_place": ('"{said}": figures are by country', "name the country"),
    "cannot_prompt": ('"{said}": this is no question about training', ""),
}
"""Reason -> message and remedy, with the places that ``said`` fills."""
_BY_LEFT_KIND = {
    **dict.fromkeys(("NEG", "BANNED", "NOR"), "negation"),
    **dict.fromkeys(("LIMIT", "UPTO", "APPROX", "MIN", "BETWEEN", "EXACT"), "limit"),
    **dict.fromkeys(("BY", "BEFORE", "ENDOF", "ASOF", "MIDOF", "STARTOF"), "date"),
    **dict.fromkeys(("POWER_UNIT", "TIME_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "TPP", "FLOP", "PERCENT"), "unit_alone"),
    **{"MONTH": "month_alone", "NUM": "no_unit", "ONLY": "only", "SIGN": "sign", "OR": "choice", "VS": "choice"},
    **{"RANGE": "range", "CENTS": "unit_alone", "BUT": "but"},
}


def error_of(refusal: Refusal, sentence: str, language: Language, names: Names) -> QuestionError:
    """The error for a refusal, with the place that it points at, and a question that works."""
    message, remedy = WORDS[refusal.reason]
    parts = refusal.said.split("|")
    padded = [*parts, "", "", ""]
    message = message.format(*padded, said=refusal.said)
    remedy = remedy.format(*padded, said=refusal.said)
    if refusal.reason == "unknown_word" and (near := _suggestions(refusal.said, language, names)):
        remedy = f"did you mean {' or '.join(near)}?"
    example = f'ask for example "{examples(language.code)[0]}"'
    return QuestionError(message, sentence, refusal.start, refusal.end, "\n".join(filter(None, (remedy, example))))


def of_left(token: Token, *others: Token) -> Refusal:
    """The refusal of a token that no rule takes, with all others that are not known."""
    if token.kind == "UNKNOWN":
        shown = (other.text if len(other.text) <= _SHOWN_WORD else other.text[:_SHOWN_WORD] + "..." for other in (token, *others))
        words = list(dict.fromkeys(shown))[:_MOST_WORDS]
        reason = "unknown_words" if len(words) > 1 else "unknown_word" if token.text[0].isalnum() else "unknown_sign"
        return Refusal(reason, token, said='", "'.join(words))
    return Refusal(_BY_LEFT_KIND.get(token.kind, "left"), token, said=token.text)


def _suggestions(word: str, language: Language, names: Names) -> list[str]:
    """Known words that are one letter away, of kinds that a guess may name."""
    key = key_of(word)
    if len(key) < _SHORTEST:
        return []
    found = (phrase for phrase in _guessable(language, names) if one_edit(key, phrase) or swapped(key, phrase))
    return sorted(found)[:2]


def _guessable(language: Language, names: Names) -> Iterator[str]:
    for phrase, meaning in (*language.phrases.meanings.items(), *names.phrases.meanings.items()):
        if meaning.kind not in _NOT_SUGGESTED and len(phrase) >= _SHORTEST:
            yield phrase


@cache
def examples(language: str) -> tuple[str, ...]:
    """Questions that work, in a language; the first is offered where nothing nearer is."""
    folder = files("optimizer.question").joinpath("words", language)
    found = folder if folder.joinpath("examples.txt").is_file() else folder.joinpath("..", FIRST)
    return tuple(found.joinpath("examples.txt").read_text(encoding="utf-8").strip().splitlines())
