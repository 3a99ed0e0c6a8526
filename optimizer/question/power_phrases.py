"""What a question says of the feeding of a site, taken out of it before the rest is read.

The phrases are data: ``words/LANGUAGE/power.txt`` has for each meaning how it is said. They stand by themselves:
"off-grid", "4 horas de apagones al día", "a rede cai das 17 às 21", "at least 80% renewable", "diesel at $1.2 a litre".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from optimizer.question.reading import Phrase, Taken
from optimizer.question.vocabulary.phrases import WORDS, lines_of
from optimizer.units.language import Messages, and_words, messages_of, say
from optimizer.units.records import dataclass

EVENING = 21
"""Where a question says how many hours the grid is off and not when: they end then, and the reading says so."""
NOON, HOURS = 12, 24
_PLACE = "keep"
"""The part of a phrase that is left to be read: "the grid in Kenya fails 4 hours a day"."""
_MEANT: Messages[str] = messages_of(__file__, "meant")
_SOURCES: Messages[str] = Messages(
    {"grid": "grid", "pv": "sun", "wind": "wind", "battery": "battery", "genset": "genset"}
)
_USUAL = frozenset({"grid", "pv", "battery", "genset"})
"""What may feed a site where a question only says what may not."""
_NAMED = {
    "pv": re.compile(r"solai?r|sun\b|\bpv\b|panel|painel|paineis|panneau|placas|foto|photo|\bsol\b|soleil"),
    "wind": re.compile(r"wind|eolic|aero|viento|vento"),
    "battery": re.compile(r"bat|stor|bess|stock|almacen|armaz"),
    "genset": re.compile(r"diesel|gen|gerador|gasoil|gasoleo|acpm|grupo|groupe|\bplanta\b(?! solar)|respaldo"),
}
_OF_FIELD = {"diesel_usd_per_litre": "genset", "battery_max_mwh": "battery", "battery_usd_per_kwh": "battery"}
_OF_FIELD |= {"pv_max_mw": "pv", "pv_usd_per_kwp": "pv", "ppa_usd_per_kwh": "pv"}
"""Fields that name a source by its price or size."""
_SOURCE = (
    r"(?:(?:own|diesel|backup|energia|paneles|panel|placas|planta|parque|usina|paineis|panneaux|energie|turbinas|grupos?|"
    r"groupes?) )?(?:solai?r(?:es)?|pv|photovoltai(?:cs?|que)|fotovoltaic[ao]s?|wind|eolic[ao]s?|aeroge(?:ne)?radores|"
    r"viento|vento|eolien(?:ne)?s?|batter(?:y|ies?)|storage|bess|baterias?|almacenamiento|armazenamento|stockage|diesel|"
    r"gensets?|gasoil|gasoleo|gazole|acpm|generators?|generador(?:es)?|gerador(?:es)?|electrogen[eo]s?|geradores?)"
    r"(?:[ -](?:panels?|power|energy|pv|farms?|plants?|turbines?|storage|generators?|gensets?|back-?up|"
    r"(?:a|de) (?:diesel|gasoil)))*"
)
_PLANT = (
    r"(?:(?:natural )?gas(?: natural)?|coal|carvao|nuclear|hydro(?:power|electric)?|hidro\w*|hidreletrica|biomass?a?|"
    r"geotherm\w*|geoterm\w*)(?:[ -](?:fired|power|energy|plants?|turbines?|dams?|generators?|gensets?))*"
)
"""Plants that are not planned, and may only be denied."""
_NO = (
    r"(?:no|not|not any|without|avoid(?:ing)?|never|neither|nor|zero|(?:every|any)thing (?:but|except)|"
    r"(?:do not|don't|not) (?:want|use|allow|accept)(?: to use)?|"
    r"sin|nada de|ni|cero|nunca|evit(?:ar|ando)|no (?:queremos|quiero|usar|usamos|aceptamos|usa)|"
    r"todo (?:menos|excepto|salvo)|sem|nem|nao (?:queremos|quero|usar|usamos|aceitamos)|tudo (?:menos|exceto|salvo)|"
    r"sans|pas de|aucune?|sauf)"
)
_ANY = rf"(?:{_SOURCE}|{_PLANT})"
_ART = r"(?:(?:a|an|any|the|use of|usar|de|el|la|los|las|o|os|as|um|uma|un|una|de la|du|des) )*"
_OUT = (
    r"(?:(?:is|are|es|esta|estan|son|e|sao|esta|estao|est|queda|fica) )?(?:a no-?\s?go|"
    r"(?:ruled )?out(?: of the question| ?(?![ \w]))|excluded|forbidden|"
    r"banned|prohibited|(?:is|are)n't (?:allowed|an option|acceptable|permitted)|"
    r"not (?:allowed|an option|acceptable|permitted)|off the table|excluid[ao]s?|"
    r"descartad[ao]s?|prohibid[ao]s?|proibid[ao]s?|(?:fora|fuera)(?! de| d[ao])|interdite?)"
)
_DENIED = re.compile(
    rf"(?<![\w.])(?:(?:,|and|but|we|with|y|pero|con|e|mas|com|et|mais)\s+)*"
    rf"(?:{_NO} {_ART}{_ANY}(?:(?:\s*,\s*{_ART}{_ANY})*\s*,?\s+(?:or|nor|ni|o|u|nem|ou) {_ART}{_ANY})*"
    rf"(?P<more>(?: and| y| e| et|\s*[+&]) {_ART}{_ANY}(?! {_OUT}))?"
    rf"|{_ANY}(?: (?:and|y|e|et|or) {_ANY})?:? {_OUT})(?![\w%])"
)
"""What may not feed the site. Whether "no diesel and batteries" denies both is not said (``more``)."""
_LIST = rf"{_SOURCE}(?:(?:\s*[,+&/]\s*|\s+(?:and|plus|with|or|y|e|o|ou|con|com|mas|mais|et|avec)\s+){_ART}{_SOURCE})*"
_SOLE = r"(?:only|just|solely|purely|entirely|exclusively|solo|solamente|unicamente|exclusivamente|so|somente|apenas)"
_ALONE = (
    rf"(?<![\w.])(?:(?:{_SOLE}|100 ?%) (?:(?:by|on|with|from|de|con|com|por) )?{_ART}{_LIST}|"
    rf"{_ART}{_LIST} (?:{_SOLE}|alone))(?![\w%])"
    r"(?!\s+(?:as|if|for|when|where|in|during|at night|como|si|se|para|en|em|de|cuando|quando)\b)"
)
"""What feeds the site and nothing else does; not "diesel only as a reserve"."""
_AMOUNT = r"\d[\d.,]*\s*[mk]w(?:p|e)?\b"
_OF_SIZE = (
    rf"(?P<before>{_AMOUNT}(?: of| de| d[oae])? $)|"
    rf"(?P<behind>^(?: propi[oa]| propri[oa]| own)?(?: de| of|:)(?: up to| hasta| ate)? {_AMOUNT})"
)
"""The size of wind turbines or a genset, which cannot be stated: it is no limit of the site."""
_SPARE = re.compile(r"back|respaldo|reserv|emerg")
_GRID = (
    r"(?:off[- ]?grid|(?:(?:national|public|local|eskom) )?(?:grid|red|rede|mains|eskom)"
    r"(?: (?:power|electricity|electrica|eletrica))?)"
)
_GRID_ALONE = (
    rf"(?<![\w.])(?:{_SOLE} (?:(?:by|on|with|from|con|com) )?{_ART}{_GRID}|{_GRID} (?:{_SOLE}|alone))(?![\w%])"
    r"(?! (?:is|gives|if|se|si|nos|da)\b)"
)
_VERSUS = (
    r"(?:vs\.?|versus|rather than|instead of|en vez de|em vez de|frente a|against|compared (?:with|to)|beats?|"
    r"(?:cheaper|better|cleaner|greener) than|"
    r"(?:mas|mais) (?:barat|limpi?)[ao] (?:do )?que|(?:mejor|melhor) (?:do )?que)"
)
_NEEDS = (
    r"(?:(?:do|would|should|must) (?:we|i|they) (?:need|use|build|have)(?: to (?:use|build|add|install))?|"
    r"necesitamos|hace falta|precisamos(?: de)?|with|on|con|com|our|own|nuestr[ao]s?|noss[ao]s?|propi[ao]s?) "
)
_ONE = rf"{_ART}(?:{_GRID}|{_LIST})(?: {_SOLE}| alone)?"
_WAYS = (
    rf"(?<![\w.])(?:(?:on|with|from|con|com) )?{_ONE},? (?:or|ou|o|u|{_VERSUS}) (?:{_NEEDS}|{_SOLE} )*{_ONE}(?![\w%])"
    rf"|,? (?:or|ou|o) {_SOLE} (?:with|on|con|com) {_ART}{_LIST}(?=\s*\?)"
    rf"|\bcompar\w+ {_ONE} (?:and|with|to|against|y|con|e|com) {_ONE}(?![\w%])"
)
"""Ways to feed the site that are set against each other: "grid or solar?", "is solar cheaper than diesel?"."""
_COMPARED = rf"grid\b|\b(?:red|rede|mains|eskom)\b|{_SOLE} |{_VERSUS}|\bcompar"
_CHOOSES = (
    r"\b(?:should we|which|what is better|better|cheaper|cheapest|cual|que conviene|conviene|qual|mejor|melhor)\b"
)
_compiled = cache(re.compile)
"""A pattern, compiled once: a sentence without a word on power needs none."""
_WHY = re.compile(r"\b(?:why|por ?que|pourquoi)\b[^,.;?]*$")
LANGUAGES = ("en", "es", "pt", "fr")
"""Those whose phrases on power are known."""
_HOUR = (
    r"(?P<{0}>\d{{1,2}})(?:[:.h]00)?(?:\s*(?P<{0}m>am|pm|a\.m\.|p\.m\.|h(?:s|oras|rs)?(?![a-z])"
    r"|d[ea] (?:la )?(?:noche|tarde|noite|manana|manha|madrugada)|du (?:soir|matin)|de l'apres midi))?"
)
_AFTER_NOON = ("p", "de la noche", "de la tarde", "da noite", "da tarde", "du soir", "de l'apres midi")
_BEFORE_NOON = ("a", "de la m", "da m", "du matin")
"""How the halves of a day are named: "de 7 a 10 de la noche"."""
_HINTS = re.compile(
    r"grid|shed|outage|power|blackout|brownout|electri|renew|renov|solar|clean|green|limp|verde|carbon|diesel|gas|gen|"
    r"coal|carvao|nuclear|hydro|hidr|biomas|geot|"
    r"hect|\bha\b|\d\s*ha|batt|bater|storage|almacen|armaz|panel|painei|pv|ppa|foto|photo|sun\b|corte|apag|racion|luz|"
    r"delest|reseau|panne|coupure|groupe|stock|"
    r"wind|eolic|viento|vento|aero|surplus|excess|spare|feed-in|exced|sobr|inyec|injec|energ|red\b|rede|acpm|placas|island"
)
"""One of these is in every phrase on power."""
_NEGATED = re.compile(
    r"(?<![a-z])(?:no|not|never|without|sin|nunca|sem|nao|isn't|n't) (?:a |an |the |any |la |el |o |as )?$"
)
"""What stands before a phrase that is denied."""
_CHOICE = re.compile(r"\W*(?:or|ou|o|u|vs\.?|versus) ")
"""What leads the second of two ways to feed the site, of which a plan takes one: "on the grid or off-grid"."""


@dataclass(frozen=True)
class _Rule:
    """How one meaning is said in a language."""

    field: str
    value: str
    said: re.Pattern[str]
    numbers: Mapping[str, str]


def plain(text: str) -> str:
    """A text in small letters without accents, character for character."""
    return "".join(unicodedata.normalize("NFD", sign)[0] for sign in text).lower()


@cache
def _rules(language: str) -> tuple[_Rule, ...]:
    """The rules of a language, read from its file."""
    parts: dict[str, str] = {}
    rules = []
    for head, said in lines_of(WORDS / language / "power.txt"):
        if head.isupper():
            parts[head] = said
        else:
            rules.append((*head.split(" = "), said))
    numbers = dict(part.strip().split("=") for part in parts.pop("NUMBERS").split(","))
    number = rf"(?P<n>\d+(?:[.,]\d+)?|{'|'.join(numbers)})"
    link = parts.pop("LINK")
    found = []
    for field, value, said in rules:
        for name, part in parts.items():
            said = said.replace(f"{{{name}}}", part)
        said = said.replace("{n}", number).replace("{a}", _HOUR.format("a")).replace("{b}", _HOUR.format("b"))
        pattern = re.compile(rf"(?<![\w.])(?:{link})*{said}(?![\w%])")
        found.append(_Rule(field, value, pattern, numbers))
    return tuple(found)


def take_power_phrases(sentence: str, language: str = "en") -> Taken:
    """Take the phrases on power out of a question; it comes back as it is where there are none.

    Args:
        sentence: the question.
        language: that of the question, whose phrases are looked for before those of the others.
    """
    rest = plain(sentence)
    if len(rest) != len(sentence) or not _HINTS.search(rest):  # the patterns are not compiled for nothing
        return Taken(sentence, {}, ())
    feed: dict[str, Any] = {}
    phrases: list[Phrase] = []
    named, denied, texts, ways = frozenset[str](), frozenset[str](), list[str](), False

    def take(found: re.Match[str], words: str) -> None:
        nonlocal rest
        text = sentence[found.start() : found.end()].strip(" ,")
        if words:
            phrases.append(Phrase(text, "power", words))
        else:
            texts.append(text)
        rest = rest[: found.start()] + "\0" * (found.end() - found.start()) + rest[found.end() :]

    for found in list(_DENIED.finditer(rest)):
        if found["more"] or _WHY.search(rest[: found.start()]) or _WHY.search(found[0]):
            return Taken(sentence, {}, ())
        without = _sources_of(re.sub(_PLANT, "", found[0]))
        take(found, "" if without else say("no such plant is planned; the mix of the grid is that of the country"))
        denied |= without
    for found in list(_compiled(_WAYS).finditer(rest)):
        asked = "?" in rest and (_compiled(_COMPARED).search(found[0]) or _compiled(_CHOOSES).search(rest))
        if asked or "compar" in found[0]:
            ways = True
            take(found, say("the ways to feed it are compared"))
    for found in list(_compiled(_ALONE).finditer(rest)):
        before, sources = rest[: found.start()], _sources_of(found[0]) - denied
        sole = "\0" not in found[0] and not _SPARE.search(found[0]) and not _NEGATED.search(before)
        english_so = language != "pt" and re.search(r"\bso\b", found[0]) is not None
        if not sole or english_so or "power" in feed or sources <= {"battery"}:
            continue
        sources |= {"battery"} if sources & {"pv", "wind"} else set()
        feed["power"] = ";".join(source for source in _SOURCES if source in sources)
        take(found, say("fed by {sources} alone, without a grid", sources=_words_of(sources)))
    for found in list(_compiled(_GRID_ALONE).finditer(rest)):
        if not (feed or denied or _NEGATED.search(rest[: found.start()])):
            take(found, say("fed by the grid alone"))
    for rule in (rule for code in sorted(LANGUAGES, key=lambda code: code != language) for rule in _rules(code)):
        for found in list(rule.said.finditer(rest)):
            if rest[found.start() : found.end()] != found[0]:
                continue
            if rule.field == "power" and _has_a_size(rest, found):
                continue
            listed = rule.field == "power" and "grid" in rule.value
            if rule.field in feed and not (listed or _names_again(rule, feed)):
                continue
            before, grid_apart = rest[: found.start()], rule.field in ("power", "off_grid") and not listed
            if _NEGATED.search(before) or (
                grid_apart and _CHOICE.match(found[0]) and before.strip(" \0,")
            ):  # "not off-grid", "or only solar"
                continue
            if listed:
                more = _sources_of(found[0])
                if "power" in feed and not more <= {*str(feed["power"]).split(";")}:
                    continue
                named |= more
                texts.append(sentence[found.start() : found.end()].strip(" ,"))
                rest = rest[: found.start()] + "\0" * (found.end() - found.start()) + rest[found.end() :]
                continue
            value, words = _meaning(rule, found)
            if value is None:
                continue
            feed.setdefault(rule.field, value)
            phrases.append(Phrase(sentence[found.start() : found.end()].strip(" ,"), rule.field, words))
            gone = ["\0"] * (found.end() - found.start())
            if _PLACE in found.re.groupindex and found[_PLACE]:
                gone[found.start(_PLACE) - found.start() : found.end(_PLACE) - found.start()] = found[_PLACE]
            rest = rest[: found.start()] + "".join(gone) + rest[found.end() :]
    if texts and "power" not in feed:
        named |= {_OF_FIELD[field] for field in feed if named and field in _OF_FIELD}
        allowed = _allowed(named, denied, off_grid="off_grid" in feed)
        feed["power"] = ";".join(allowed)
        words = say("{sources} may feed it", sources=_words_of(allowed))
        phrases.append(Phrase(", ".join(texts), "power", words))
    if not phrases and not texts:
        return Taken(sentence, {}, ())
    left = "".join(" " if gone == "\0" else sign for sign, gone in zip(sentence, rest, strict=True))
    return Taken(re.sub(r"[ ,]+$", "", left), feed, tuple(phrases), ways)


def _has_a_size(text: str, found: re.Match[str]) -> bool:
    """Whether a source has a size of its own, "5 MW of wind"; "under 1 MW with wind" is the limit of a site."""
    sizes = _compiled(_OF_SIZE)
    before = text[: found.start()] if _compiled(rf"(?:own )?{_SOURCE}").match(found.group()) else ""
    return any(sizes.search(beside) for beside in (before, text[found.end() :]))


def _words_of(sources: Collection[str]) -> str:
    return and_words([_SOURCES[source] for source in _SOURCES if source in sources])


def _sources_of(text: str) -> frozenset[str]:
    """The sources that a phrase names: "solar and diesel"."""
    return frozenset(source for source, said in _NAMED.items() if said.search(text))


def _allowed(named: frozenset[str], denied: frozenset[str], *, off_grid: bool) -> list[str]:
    """What may feed the site: the grid and what is named, with a battery for sun and wind; the usual if only denied."""
    sources = ({"grid"} | named | ({"battery"} if named & {"pv", "wind"} else set())) if named else set(_USUAL)
    sources -= denied | ({"grid"} if off_grid else set())
    return [source for source in _SOURCES if source in sources]


def _names_again(rule: _Rule, feed: Mapping[str, Any]) -> bool:
    """Whether a phrase only names what is known to feed the site: "solar and batteries" next to "no diesel"."""
    if rule.field != "power":
        return False
    return set(str(feed["power"]).split(";")) <= set(rule.value.split(";"))


def _meaning(rule: _Rule, found: re.Match[str]) -> tuple[Any, str]:
    """Value of the field, and the phrase as it is understood; None for hours that are none."""
    if rule.field == "outage":
        return _outage(rule, found)
    if rule.field == "off_grid":
        return True, _MEANT["off_grid"]
    if rule.field == "power":
        return rule.value, _MEANT[rule.value]
    number = _number(rule, found) if "{n}" in rule.value else rule.value.rstrip("%")
    if rule.value.endswith("c"):
        number = f"{float(number) / 100:g}"
    value = f"{float(number) / 100:g}" if rule.value.endswith("%") else number
    return value, _MEANT[rule.field].replace("{value}", number)


def _number(rule: _Rule, found: re.Match[str]) -> str:
    text = found["n"]
    return rule.numbers.get(text, text.replace(",", "."))


def _outage(rule: _Rule, found: re.Match[str]) -> tuple[str | None, str]:
    if "{a}" in rule.value:
        first, second = found["am"], found["bm"]
        if first is None and second and second.startswith(_AFTER_NOON) and int(found["a"]) < int(found["b"]):
            first = second  # "from 7 to 10 at night"
        start, end = _clock(found["a"], first), _clock(found["b"], second)
        if start == end or max(start, end) > HOURS:
            return None, ""
        return f"{start}-{end}", say("no grid from {start}:00 to {end}:00", start=start, end=end)
    hours = round(float(_number(rule, found)))
    hours = HOURS - hours if rule.value.endswith("on") else hours
    if not 1 <= hours < HOURS:
        return None, ""
    start = (EVENING - hours) % HOURS
    words = say("no grid from {start}:00 to {EVENING}:00 (no time is given: the evening)", start=start, EVENING=EVENING)
    return f"{start}-{EVENING}", words


def _clock(text: str, half: str | None) -> int:
    """An hour of the day, also by the half of the day: 5 pm is 17."""
    hour = int(text)
    if half and half.startswith(_AFTER_NOON) and hour < NOON:
        return hour + NOON
    return 0 if half and half.startswith(_BEFORE_NOON) and hour == NOON else hour
