"""The names of one catalogue: accelerators and their families, workloads, places, rules, assumptions, taxes."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

from optimizer.catalogue.names import STATE_LEAD
from optimizer.catalogue.unknown_names import name_of, territory_names
from optimizer.question.vocabulary.phrases import Meaning, Phrases, key_of
from optimizer.question.vocabulary.word_lists import word_list
from optimizer.units.language import language
from optimizer.units.quantities import symbol_of

_KINDS: Mapping[str, str] = {
    "accelerator": "ACCEL",
    "country": "COUNTRY",
    "region": "REGION",
    "workload": "WORKLOAD",
    "assumptions": "ASSUMPTIONS",
    "rules": "RULES",
}
"""Kind of name in the catalogue -> kind of the grammar."""
_BOXES = frozenset({"hgx", "dgx"})
"""Servers of several generations, and no family of accelerators."""
_LETTERS_THEN_DIGITS = re.compile(r"([a-z]+)([0-9]+[a-z]?)")
_SAINT = re.compile(r"^(?:st|st\.|saint) ")
_CODE_LENGTH = 2
_OTHER_WORDS = frozenset(("AI", "AS", "ASM", "BM", "CC", "GF", "GP", "IM", "IO", "KY", "MP", "MS", "NC", "NU", "PF"))
_OTHER_WORDS |= {"PM", "RE", "SH", "SXM", "TC", "VI", "WF"}
"""Codes of territories that are more often a word, a unit or a state."""
_SMALL_CODE = re.compile(r"[a-z]{2}(?![\w$])")
_LEADS_TO_A_PLACE = re.compile(
    r"\b(?:[Ii]n|[Ff]or|[Ee]n|[Ee]m|[Pp]ara|[Pp]ra|[Pp]our) (?:[a-z]{2}(?:, ?| (?:and|or|e|y|o|u|ou|et|vs) ))*$"
)
"""What leads to a code in small letters: "plan for br", "en mx o cl"."""
_LONGEST_PART = 4
_H100 = "h100"
_USUAL_COUNTRY = "BR"


def _absent_codes() -> Mapping[str, str]:
    """Code in capitals -> territory without figures; without those that are more often something else."""
    names = [(name, code) for name, code in territory_names() if name.isupper()]
    return {word: code for name, code in names for word in (name, code) if word not in _OTHER_WORDS}


class Vocabulary(Protocol):
    """What the reader needs of a catalogue; its tables are used where it has them."""

    def vocabulary(self, kind: str) -> Mapping[str, str]:
        """Every id, name and alias of a kind in lower case, with the id it represents."""
        ...


class Names:
    """What the reader knows of one catalogue."""

    def __init__(self, catalogue: Vocabulary) -> None:
        self._catalogue: Any = catalogue
        self.countries = frozenset(catalogue.vocabulary("country").values())
        """ISO codes of the countries in the data."""
        self.accelerators: Mapping[str, Any] = getattr(catalogue, "accelerators", {})
        self.workloads: Mapping[str, Any] = getattr(catalogue, "workloads", {})
        self.law_only = frozenset(getattr(catalogue, "country_groups", {})) - self.countries
        """Places that the law knows and that have no figures: China."""
        self._usual: dict[tuple[str, ...], str] = {}
        meanings: dict[str, Meaning] = {}
        self.codes: dict[str, Meaning] = {}
        """Codes in capitals: BR, BRA, EU."""
        self.regions: Mapping[str, tuple[str, ...]] = {
            key: tuple(row.members) for key, row in getattr(catalogue, "regions", {}).items()
        }
        for kind, target in _KINDS.items():
            known = catalogue.vocabulary(kind) if kind != "region" or self.regions else {}
            each = {key: Meaning(target, key) for key in known.values()}
            for name, key in known.items():
                self._add(meanings, key_of(name), each[key])
            if kind in ("rules", "assumptions"):
                for part, key in _parts(known).items():
                    meanings.setdefault(part, Meaning(f"{target}_PART", key))
        for row in getattr(catalogue, "tax_regimes", ()):
            if row.regime not in ("standard", "study"):
                meanings.setdefault(key_of(row.regime), Meaning("TAX", row.regime))
        self._add_generations(meanings)
        self._add_families(meanings)
        for code, key in getattr(catalogue, "codes", {}).items():
            self.codes.setdefault(code.upper(), Meaning("COUNTRY", key))
        self.absent: Mapping[str, str] = _absent_codes()
        """Code of a territory without figures -> the territory."""
        for code, key in self.absent.items():
            self.codes.setdefault(code, Meaning("COUNTRY", key))
        self.phrases = Phrases(meanings)

    def small_code(self, sentence: str, start: int) -> Meaning | None:
        """The place of a code in small letters, where it is led as one and is no word."""
        small = _SMALL_CODE.match(sentence, start)
        if small is None or small[0] in word_list("no_small_code") or not _LEADS_TO_A_PLACE.search(sentence[:start]):
            return None
        return self.codes.get(small[0].upper())

    @cached_property
    def english(self) -> frozenset[str]:
        """The English names of the countries, folded."""
        return frozenset(key_of(row.name) for row in getattr(self._catalogue, "countries", {}).values())

    @cached_property
    def native(self) -> Mapping[str, Mapping[str, bool]]:
        """Language -> the names of countries as it writes them, folded, each with whether English has another."""
        rows = list(getattr(self._catalogue, "countries", {}).values())
        found = {code: {key_of(str(getattr(row, f"name_{code}", ""))) for row in rows} for code in ("es", "pt", "fr")}
        return {code: {name: name not in self.english for name in names if name} for code, names in found.items()}

    @cached_property
    def accented(self) -> Mapping[str, frozenset[str]]:
        """Language -> the names of countries with an accent in it, in small letters: "perú" is Spanish."""
        rows = list(getattr(self._catalogue, "countries", {}).values())
        found = {code: {str(getattr(row, f"name_{code}", "")).lower() for row in rows} for code in ("es", "pt", "fr")}
        return {code: frozenset(name for name in names if not name.isascii()) for code, names in found.items()}

    def _add(self, meanings: dict[str, Meaning], phrase: str, meaning: Meaning) -> None:
        """Take in a name, unless it reads as a quantity ("4090", "910B") or is a code of two letters."""
        if meaning.kind in ("COUNTRY", "REGION") and len(phrase) <= _CODE_LENGTH and phrase.isalpha():
            self.codes.setdefault(phrase.upper(), meaning)
            return
        if not phrase or _is_quantity(phrase):
            return
        if meaning.kind == "ACCEL":
            family = getattr(self._catalogue, "family_of", lambda name: ())(phrase)
            if family:
                self._usual[tuple(family)] = meaning.value
            meaning = Meaning("ACCEL", ";".join(family) or meaning.value)
            if parts := _LETTERS_THEN_DIGITS.fullmatch(phrase):
                meanings.setdefault(f"{parts[1]} {parts[2]}", meaning)
        meanings.setdefault(phrase, meaning)
        if meaning.kind == "COUNTRY" and (_SAINT.search(phrase) or " & " in phrase):
            plain = phrase.replace(" & ", " and ")
            for saint in ("st", "st.", "saint"):
                meanings.setdefault(_SAINT.sub(f"{saint} ", plain), meaning)
                meanings.setdefault(_SAINT.sub(f"{saint} ", phrase), meaning)

    def _add_generations(self, meanings: dict[str, Meaning]) -> None:
        """ "Hopper" and "Blackwell" represent every accelerator of the generation."""
        found: dict[str, list[str]] = {}
        for key, row in self.accelerators.items():
            found.setdefault(key_of(str(getattr(row, "generation", ""))).split(" ")[0], []).append(key)
        for name, keys in found.items():
            if len(name) > 2 and len(keys) > 1 and name not in meanings:
                meanings[name] = Meaning("ACCEL", ";".join(keys))

    def _add_families(self, meanings: dict[str, Meaning]) -> None:
        """ "GeForce" and "RTX" represent every accelerator whose name begins so."""
        found: dict[str, dict[str, None]] = {}
        for name, key in self._catalogue.vocabulary("accelerator").items():
            first, _, rest = key_of(name).partition(" ")
            if rest and first.isalpha() and len(first) > 2 and first not in _BOXES:
                found.setdefault(first, {})[key] = None
        for first, keys in found.items():
            if len(keys) > 1:
                meanings.setdefault(first, Meaning("ACCEL", ";".join(key for key in self.accelerators if key in keys)))

    @property
    def families(self) -> Mapping[tuple[str, ...], str]:
        """All forms of a family -> its name, as flags have it."""
        return {forms: forms[0].partition("_")[0] for forms in self._usual}

    def chip_words(self, ids: tuple[str, ...]) -> list[str]:
        """Accelerators by their names; of a family, all of whose forms are meant, the family."""
        left, reported = dict.fromkeys(ids), []
        for forms, family in self.families.items():
            if len(forms) > 1 and left.keys() >= set(forms):
                reported.append(family.upper())
                left = {key: None for key in left if key not in forms}
        return [*reported, *(str(getattr(self.accelerators.get(key), "name", key.upper())) for key in left)]

    def models_of(self, word: str) -> list[str]:
        """The workloads whose names begin with a word, such as those of "Llama"."""
        begins = f"{key_of(word)} "
        known = getattr(self._catalogue, "workloads", {}).values()
        return [row.name.partition(",")[0] for row in known if key_of(row.name).startswith(begins)]

    def usual(self, ids: tuple[str, ...]) -> str:
        """The form that the bare name of a family represents: of H100 the SXM5."""
        return self._usual.get(ids, ids[0])

    def of_vendors(self, names: str) -> tuple[str, ...]:
        """The accelerators of some vendors, separated by "|", in the order of the data."""
        vendors = set(names.lower().split("|"))
        return tuple(
            key for key, row in self.accelerators.items() if str(getattr(row, "vendor", "")).lower() in vendors
        )

    def tpp(self, accelerator: str = "") -> tuple[str, Decimal] | None:
        """The name and the TPP of an accelerator by id; of the H100 without one; None where they are not known."""
        key = accelerator or self._catalogue.vocabulary("accelerator").get(_H100, "")
        row = self.accelerators.get(key)
        return (row.name, row.tpp) if row is not None else None

    def rate(self, currency: str) -> tuple[Fraction, str] | None:
        """Units of a currency for one US dollar, and the day of the rate; None where the data have none."""
        if currency == "USD":
            return Fraction(1), ""
        row = getattr(self._catalogue, "exchange", {}).get(currency)
        return None if row is None else (Fraction(row.units_per_usd), str(row.as_of))

    def electricity(self, countries: tuple[str, ...]) -> Decimal | None:
        """USD/kWh in the one country that is named, or in the usual one; None where there are several."""
        codes = set(countries) or {_USUAL_COUNTRY}
        row = getattr(self._catalogue, "countries", {}).get(next(iter(codes)))
        return row.electricity_usd_per_kwh if len(codes) == 1 and row is not None else None

    def currency_of(self, country: str) -> str:
        """The currency of a country of the data; empty where it is not known."""
        row = getattr(self._catalogue, "countries", {}).get(country)
        return str(getattr(row, "currency", ""))

    def country_of_currency(self, currency: str) -> str:
        """The one country of the data that has a currency; empty where none or several have it, or the usual one."""
        rows = getattr(self._catalogue, "countries", {})
        owners = [code for code, row in rows.items() if getattr(row, "currency", "") == currency]
        return owners[0] if len(owners) == 1 and currency != "USD" and owners[0] != _USUAL_COUNTRY else ""

    def name_of(self, country: str) -> str:
        """The name of a country of the data, or of a territory, in the language that is spoken; else its code."""
        row = getattr(self._catalogue, "countries", {}).get(country)
        return str(getattr(row, f"name_{language()}", "") or getattr(row, "name", "") or name_of(country))

    def abbreviated(self, text: str) -> str | None:
        """The country or territory whose name has words cut off before a dot."""
        found = getattr(self._catalogue, "abbreviated", None)
        return found.find(text) if found else None

    def sharing(self, word: str) -> list[str]:
        """The countries that share a name, by names that are theirs alone in the language spoken: of "Congo" two.

        A country whose own name is the shared one goes by a longer one: Guinea-Conakry.
        """
        sharing = getattr(self._catalogue, "sharing", None)
        return [self._own_name_of(code) for code in sharing("country", word)] if sharing else []

    def _own_name_of(self, country: str) -> str:
        """A name that is of one country alone, or its code."""
        name = self.name_of(country)
        aliases = self._catalogue.countries[country].aliases
        longer = (alias for alias in aliases if alias.startswith((f"{name} ", f"{name}-")))
        return next((one for one in (name, *longer) if self._catalogue.known("country", one) == country), country)

    def licence_free(self, country: str) -> tuple[str, ...] | None:
        """The accelerators that the law lets into a country without a licence; None where no law is known."""
        from optimizer.domain import Policy
        from optimizer.law.routes import routes

        if not hasattr(self._catalogue, "licence_rules"):
            return None
        rules = next((key for key, row in self._catalogue.rule_sets.items() if row.is_default), "")
        free = []
        for key, chip in self.accelerators.items():
            ways = routes(chip, country, self._catalogue, rules, self._catalogue.as_of)
            if any(way.policy == Policy.FREE for way in ways):
                free.append(key)
        return tuple(free)

    def at(self, text: str, start: int) -> Iterator[tuple[int, Meaning]]:
        """The names that begin at a position of a folded text, the longest first; "A100s" is A100.

        The name of a country has what kind of state it is before it, too: "Republic of Chile".
        """
        found = list(self.phrases.at(text, start, plural_of="ACCEL"))
        if lead := STATE_LEAD.match(text, start):
            found += (one for one in self.phrases.at(text, lead.end()) if one[1].kind == "COUNTRY")
            found.sort(key=lambda one: -one[0])
        yield from found


def _is_quantity(phrase: str) -> bool:
    """Whether a name reads as a number, or as a number with a unit: then it cannot be a name in a question."""
    unit = phrase.lstrip("0123456789.")
    return unit != phrase and (not unit or any(symbol_of(form) for form in (unit, unit.upper())))


def _parts(known: Mapping[str, str]) -> dict[str, str]:
    """Runs of words that stand in the names of one id only: "ai diffusion" -> diffusion-2025."""
    owners: dict[str, set[str]] = {}
    for name, key in known.items():
        words = key_of(name).replace(",", " ").split()
        for first in range(len(words)):
            for last in range(first, min(first + _LONGEST_PART, len(words))):
                if not words[first][0].isdigit() and not words[last][0].isdigit():
                    owners.setdefault(" ".join(words[first : last + 1]), set()).add(key)
    return {part: next(iter(keys)) for part, keys in owners.items() if len(keys) == 1}


_KNOWN: weakref.WeakKeyDictionary[Any, Names] = weakref.WeakKeyDictionary()


def names_of(catalogue: Vocabulary) -> Names:
    """The names of a catalogue, collected once for each catalogue that can be kept by reference."""
    try:
        found = _KNOWN.get(catalogue)
        if found is None:
            found = _KNOWN[catalogue] = Names(catalogue)
    except TypeError:
        return Names(catalogue)
    return found
