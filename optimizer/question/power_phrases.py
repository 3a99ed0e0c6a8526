"""What a question says of the feeding of a site, taken out of it before the rest is read.

These phrases are English, and stand by themselves: "off-grid", "4 hours of load shedding a day", "the grid is off from
17 to 21", "at least 80% renewable", "diesel at $1.2 a litre", "carbon price of $50", "no genset".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.units.language import mark, say

EVENING = 21
"""Where a question says how many hours the grid is off and not when: they end then, and the reading says so."""
FLAGS: Mapping[str, str] = {
    "power": "--power",
    "off_grid": "--off-grid",
    "outage": "--outage",
    "min_renewable": "--min-renewable",
    "carbon_usd_per_t": "--carbon-price",
    "diesel_usd_per_litre": "--diesel",
    "battery_max_mwh": "--battery-max-mwh",
    "land_ha": "--land-ha",
}
"""What can be said in words, with its flag of ``optimizer plan``."""
_NUMBER = r"(?P<n>\d+(?:\.\d+)?)"
_LINK = r"(?:(?:,|and|but|with|where|which is|that is|if)\s+)*"
_HOUR = r"(\d{1,2})(?::00)?(?:\s*h)?"
_DAILY = r"(?: (?:a|per|every|each) day| daily)?"
_USD = r"(?: ?(?:usd|dollars?))?"
_OFF = (
    r"(?:load[- ]?shedding|power cuts?|outages?|blackouts?|no (?:grid|power)"
    r"|(?:the )?(?:grid|power)(?: is| goes)? (?:off|down|out))"
)


@dataclass(frozen=True)
class PowerPhrase:
    """A phrase that was understood."""

    text: str
    field: str
    words: str


@dataclass(frozen=True)
class Taken:
    """A question without its phrases on power, what they say, and the phrases."""

    rest: str
    """Of the same length: spaces stand where a phrase was."""
    feed: Mapping[str, Any]
    phrases: tuple[PowerPhrase, ...]


def _outage(found: re.Match[str]) -> tuple[str, str, str]:
    span = f"{found['a']}-{found['b']}"
    return "outage", span, say("no grid from {found}:00 to {found_2}:00", found=found["a"], found_2=found["b"])


def _hours(found: re.Match[str]) -> tuple[str, str, str]:
    count = int(float(found["n"]))
    start = (EVENING - count) % 24
    return (
        "outage",
        f"{start}-{EVENING}",
        say("no grid from {start}:00 to {evening}:00 (when was not said: the evening)", start=start, evening=EVENING),
    )


def _share(found: re.Match[str]) -> tuple[str, str, str]:
    share = float(found["n"]) / 100
    return "min_renewable", f"{share:g}", say("at least {found} % renewable", found=found["n"])


def _of(field: str, words: str) -> Callable[[re.Match[str]], tuple[str, str, str]]:
    return lambda found: (field, found["n"], say(words, number=found["n"]))


def _fixed(field: str, value: Any, words: str) -> Callable[[re.Match[str]], tuple[str, Any, str]]:
    return lambda found: (field, value, say(words))


_PATTERNS: tuple[tuple[str, Callable[[re.Match[str]], tuple[str, Any, str]]], ...] = (
    (
        rf"{_OFF},? (?:every day )?(?:from|between) {_HOUR.replace('(', '(?P<a>', 1)}\s*(?:to|and|until|-)\s*"
        rf"{_HOUR.replace('(', '(?P<b>', 1)}{_DAILY}",
        _outage,
    ),
    (
        rf"{_NUMBER}\s*(?:h|hours?){_DAILY}(?: of| without| with)? {_OFF}{_DAILY}",
        _hours,
    ),
    (rf"{_OFF}(?: of| for)? {_NUMBER}\s*(?:h|hours?){_DAILY}", _hours),
    (r"(?:off[- ]grid|off the grid|without (?:a |the |any )?grid)", _fixed("off_grid", True, mark("no grid"))),
    (
        rf"(?:at least |min(?:imum)? )?{_NUMBER}\s*(?:%|per ?cent)\s*(?:renewables?|solar|clean)(?: energy| power)?",
        _share,
    ),
    (
        rf"(?:a )?carbon price (?:of |at )?\$?{_NUMBER}{_USD}(?: (?:a|per) t(?:onne?)?)?",
        _of("carbon_usd_per_t", mark("carbon price {number} USD/t")),
    ),
    (
        rf"diesel (?:at |for |of |costs? )?\$?{_NUMBER}{_USD}(?: (?:a|per) lit(?:re|er))?",
        _of("diesel_usd_per_litre", mark("diesel at {number} USD a litre")),
    ),
    (
        rf"{_NUMBER}\s*(?:ha|hectares?)(?: of land)?(?: for solar)?",
        _of("land_ha", mark("{number} ha of land for solar")),
    ),
    (
        r"(?:no|without (?:a |any )?)\s*(?:gensets?|diesel|generators?)",
        _fixed("power", "grid;pv;battery", mark("no genset")),
    ),
)


_HINTS = (
    *("grid", "shed", "outage", "power", "blackout", "renew", "solar", "clean", "carbon price", "diesel", "genset"),
    *("generator", "hectare", " ha"),
)
"""One of these stands in every phrase on power."""


def take_power_phrases(sentence: str) -> Taken:
    """Take the phrases on power out of a question; it comes back as it is where there are none."""
    if not any(hint in sentence.lower() for hint in _HINTS):  # the patterns are not compiled for nothing
        return Taken(sentence, {}, ())
    rest, feed, phrases = sentence, {}, []
    for pattern, meaning in _PATTERNS:
        for found in re.finditer(rf"(?<![\w.]){_LINK}{pattern}(?![\w%])", rest, re.IGNORECASE):
            field, value, words = meaning(found)
            if field in feed:
                continue
            feed[field] = value
            phrases.append(PowerPhrase(found[0].strip(" ,"), field, words))
            rest = rest[: found.start()] + " " * (found.end() - found.start()) + rest[found.end() :]
    if feed.get("off_grid") and "power" in feed:
        feed["power"] = "pv;battery"
    return Taken(re.sub(r"[ ,]+$", "", rest) if phrases else sentence, feed, tuple(phrases))
