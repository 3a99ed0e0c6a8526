"""Whether the command that a sentence was read as says what the sentence means.

A verdict compares meanings, not texts: "h100" is every H100, months may have 30 or 31 days where the expectation says
so, a family of chips may be capped in two ways. A region is what the data have of it.
"""

from __future__ import annotations

import datetime
import itertools
import re
import shlex
from typing import Any, Literal

from optimizer.catalogue import Catalogue
from optimizer.question import QuestionError
from optimizer.service.fields import FLAG_OF

Verdict = Literal["right", "wrong", "refused"]
Flags = dict[str, Any]

_FIELDS = {flag: field for field, flag in FLAG_OF.items()}
_RENAMED = {"deadline_days": "deadline", "electricity_usd_per_kwh": "electricity"}
_SWITCHES = ("--robust", "--assume-hire")
_LISTS = ("use", "avoid", "procurement", "precision")
_COUNTS = ("supply", "owned")
_DEFAULTS: Flags = {
    **{"country": "BR", "objective": "cost", "basis": "upfront", "workload": "deepseek-v3-10t", "mix": 1.0},
    **{"overhead": 1.0, "rules": "enforced-2026", "assumptions": "measured-2026", "utilisation": 1.0},
}
_IGNORED = ("architecture", "step", "seed", "points", "corners")
_TABLES = ("compare", "sweep")
_SAME = 1e-3
"""Relative difference up to which two numbers are the same."""
_NOW_HELD = {"en-143": "GE", "en-144": "BO", "es-068": "EC", "pt-068": "PT"}
"""Sentences of which the country was not in the data when they were written, and is now."""


def verdict_of(
    row: dict[str, Any], command: str, error: QuestionError | None, catalogue: Catalogue, today: datetime.date
) -> Verdict:
    """The verdict on one sentence of ``shown.jsonl``."""
    judge = _Judge(catalogue, today)
    expected = row.get("expect_any") or [row["expect"]]
    if row["id"] in _NOW_HELD and _NOW_HELD[row["id"]] in catalogue.countries:
        return "right" if f"--country {_NOW_HELD[row['id']]} " in f"{command} " else "wrong"
    if error is not None:
        if not any(one["command"] == "refuse" for one in expected):
            return "refused"
        said = f"{error.message} {error.sentence[error.position : error.end]}"
        named = all(
            any(re.search(rf"(?<!\w){re.escape(word)}", said, re.I) for word in entry.split("|"))
            for entry in row["must_say"]
        )
        return "right" if named or (row["kind"] == "refuse" and not row["must_say"]) else "refused"
    lines = [judge.parsed(line) for line in command.splitlines()]
    return "right" if any(one["command"] != "refuse" and judge.matches(one, lines) for one in expected) else "wrong"


def _says(text: str, entry: str) -> bool:
    """Whether a text has one of the words of an entry, separated by "|"."""
    return any(re.search(rf"(?<!\w){re.escape(word)}", text, re.I) for word in entry.split("|"))


class _Judge:
    """Compares commands with expectations over one catalogue."""

    def __init__(self, catalogue: Catalogue, today: datetime.date) -> None:
        self._catalogue = catalogue
        self._today = today

    # Names

    def chip(self, name: str) -> str:
        """The id of an accelerator."""
        return self._catalogue.known("accelerator", name) or name

    def family(self, name: str) -> tuple[frozenset[str], frozenset[str]]:
        """What must be among the accelerators of a name, and what may be."""
        chips = self._catalogue.accelerators
        if name.startswith("vendor:"):
            full = frozenset(key for key, row in chips.items() if str(row.vendor).lower() == name[7:].lower())
            return full, full
        if name.startswith("gen:"):
            full = frozenset(key for key, row in chips.items() if row.generation.startswith(name[4:]))
            return frozenset(key for key in full if "(" not in chips[key].generation), full
        forms = frozenset(self._catalogue.family_of(name)) or frozenset({self.chip(name)})
        return (forms if name != "a100" else frozenset({"a100_sxm4_80"})), forms | {self.chip(name)}

    def families(self, names: list[str]) -> tuple[frozenset[str], frozenset[str]]:
        """The same of several names."""
        pairs = [self.family(name) for name in names]
        return frozenset().union(*(core for core, _ in pairs)), frozenset().union(*(full for _, full in pairs))

    def chips(self, text: str) -> frozenset[str]:
        """The accelerators of a list of a flag."""
        found: set[str] = set()
        for part in filter(None, text.split(";")):
            found |= set(self._catalogue.family_of(part)) or {self.chip(part)}
        return frozenset(found)

    # Commands

    def parsed(self, line: str) -> tuple[str, list[str], Flags]:
        """The name, the arguments and the flags of a command."""
        words = shlex.split(line)[1:]
        flags: dict[str, Any] = {}
        name, arguments = words[0], []
        place = 1
        while place < len(words):
            word = words[place]
            if word in _SWITCHES:
                flags[word[2:].replace("-", "_")] = True
            elif word.startswith("--"):
                field = _FIELDS.get(word, word[2:].replace("-", "_"))
                place += 1
                flags[_RENAMED.get(field, field)] = words[place]
            else:
                arguments.append(word)
            place += 1
        return name, arguments, flags

    def value(self, field: str, text: str) -> Any:
        """A value of a flag for comparison."""
        if field in ("use", "avoid"):
            return self.chips(text)
        if field in _LISTS:
            return frozenset(text.split(";"))
        if field in _COUNTS:
            return {self.chip(part.split("=")[0]): float(part.split("=")[1]) for part in text.split(";")}
        scale = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
        if found := re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)([KMBT]?)", str(text)):
            return float(found[1]) * scale.get(found[2], 1)
        return text

    def matches(self, expected: dict[str, Any], lines: list[tuple[str, list[str], Flags]]) -> bool:
        """Whether the commands say what is expected."""
        command = expected["command"]
        if command in _TABLES:
            return self._table(expected, lines)
        if len(lines) != 1:
            return False
        name, arguments, flags = lines[0]
        wanted = dict(expected["flags"])
        if command == "why_not":
            wanted.pop("accelerator", None) or wanted.pop("procurement", None)
            return name in ("why-not", "explain", "alternatives", "options") and self._same(wanted, flags, expected)
        if name != command:
            return False
        handler = getattr(self, f"_{command}", None)
        if handler is not None:
            return bool(handler(wanted, arguments, flags, expected))
        return self._same(wanted, flags, expected)

    def _law(self, wanted: Flags, arguments: list[str], flags: Flags, expected: dict[str, Any]) -> bool:
        chip, country = wanted.pop("accelerator"), wanted.pop("country")
        return (
            self.chip(arguments[0]) in self.family(chip)[1]
            and arguments[1] == country
            and self._same(wanted, flags, expected)
        )

    def _tipping(self, wanted: Flags, arguments: list[str], flags: Flags, expected: dict[str, Any]) -> bool:
        kind, _, chip = wanted.pop("input").partition(":")
        have, _, had = arguments[0].partition(":")
        flags = {name: value for name, value in flags.items() if name in wanted or name not in ("from", "to")}
        return kind == have and (not chip or self.chip(chip) == self.chip(had)) and self._same(wanted, flags, expected)

    def _frontier(self, wanted: Flags, arguments: list[str], flags: Flags, expected: dict[str, Any]) -> bool:
        return set(arguments) == {wanted.pop("x"), wanted.pop("y")} and self._same(wanted, flags, expected)

    def _consortium(self, wanted: Flags, arguments: list[str], flags: Flags, expected: dict[str, Any]) -> bool:
        sites = {(part.partition("=")[0], float(part.partition("=")[2] or 0)) for part in arguments}
        return sites == {(code, float(mw or 0)) for code, mw in wanted.pop("sites")} and self._same(
            wanted, flags, expected
        )

    def _data(self, wanted: Flags, arguments: list[str], flags: Flags, expected: dict[str, Any]) -> bool:
        if "list" in wanted:
            return arguments[:2] == ["list", wanted["list"]]
        return arguments[:1] == ["show"] and {self.chip(a) for a in arguments[1:]} == {
            self.chip(w) for w in wanted["show"]
        }

    def _validate(self, wanted: Flags, arguments: list[str], flags: Flags, expected: dict[str, Any]) -> bool:
        return True

    def _table(self, expected: dict[str, Any], lines: list[tuple[str, list[str], Flags]]) -> bool:
        """Every cell that is expected, and no other."""
        wanted = expected["flags"]
        axes = {field: list(value) for field, value in wanted.items() if self._is_axis(field, value)}
        if not axes:
            return len(lines) == 1 and lines[0][0] in _TABLES and self._same(wanted, lines[0][2], expected)
        cells = [cell for line in lines for cell in self._cells(line)]
        if len(axes.get("country", ())) > 3 and (members := self._region(axes["country"])):
            axes["country"] = list(members)
        combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
        if len(cells) != len(combinations):
            return False
        for combination in combinations:
            one = {**expected, "flags": {**wanted, **combination}}
            hit = next((cell for cell in cells if self._same(one["flags"], cell, one)), None)
            if hit is None:
                return False
            cells.remove(hit)
        return True

    def _region(self, codes: list[str]) -> tuple[str, ...]:
        """All that the data now have of the region that some countries were; none where they are no region."""
        held = set(codes)
        for region in ("mercosur", "latin-america"):
            members = self._catalogue.regions[region].members
            if held <= set(members) and len(held) * 3 > len(members):
                return tuple(code for code in members if code in self._catalogue.countries)
        return ()

    @staticmethod
    def _is_axis(field: str, value: Any) -> bool:
        return isinstance(value, list) and (field not in _LISTS or (bool(value) and isinstance(value[0], list)))

    @staticmethod
    def _cells(line: tuple[str, list[str], Flags]) -> list[Flags]:
        name, _, flags = line
        if name not in _TABLES:
            return [dict(flags)]
        axes = {field: value.split(",") for field, value in flags.items() if isinstance(value, str) and "," in value}
        return [{**flags, **dict(zip(axes, values, strict=True))} for values in itertools.product(*axes.values())]

    # Flags

    def _same(self, wanted: Flags, flags: Flags, expected: dict[str, Any]) -> bool:
        accept = expected.get("accept", {})
        want = {name: value for name, value in wanted.items() if value is not None}
        have = {name: value for name, value in flags.items() if name not in _IGNORED}
        if not self._deadline(want, have, accept):
            return False
        want, have = (
            self._clean(want),
            self._clean({name: self.value(name, v) if v is not True else v for name, v in have.items()}),
        )
        self._capped(want, have)
        for flags in (want, have):
            self._left_out_anyway(flags)
        return set(want) == set(have) and all(self._equal(name, want[name], have[name], accept) for name in want)

    def _left_out_anyway(self, flags: Flags) -> None:
        """Where only some accelerators may be used, those that are not among them need not be left out."""
        if flags.get("use") and flags.get("avoid"):
            used, avoided = (
                self.families(list(value))[1] if isinstance(value, list) else value
                for value in (flags["use"], flags["avoid"])
            )
            if not used & avoided:
                del flags["avoid"]

    def _capped(self, want: Flags, have: Flags) -> None:
        """ "at most 64 A100": a cap on all accelerators, where only A100 may be used, is the same."""
        if want.get("use") and want.get("supply") and "max_accelerators" in have and "supply" not in have:
            core, full = self.families(want["use"])
            if (
                sum(want["supply"].values()) == have["max_accelerators"]
                and core <= have.get("use", frozenset()) <= full
            ):
                for flags, names in ((want, ("use", "supply")), (have, ("use", "max_accelerators"))):
                    for name in names:
                        flags.pop(name)

    def _deadline(self, want: Flags, have: Flags, accept: dict[str, Any]) -> bool:
        days, day = want.pop("deadline_days", None), want.pop("deadline_date", None)
        origin, have_text = want.pop("deadline_from", None), have.pop("deadline", None)
        have_from = have.pop("deadline_from", None)
        if days is None and day is None:
            return have_text is None
        if have_text is None:
            return False
        got = int(re.sub(r"d$", "", have_text))
        if day is not None:
            low, high = accept.get("deadline_date", [day, day])
            return have_from == "order" and low <= (self._today + datetime.timedelta(got)).isoformat() <= high
        low, high = accept.get("deadline_days", [days, days])
        return low <= got <= high and origin == have_from

    def _clean(self, flags: Flags) -> Flags:
        found = dict(flags)
        if found.get("params_active_b") == found.get("params_total_b"):
            found.pop("params_active_b", None)
        row = self._catalogue.workloads.get(found.get("workload", "deepseek-v3-10t"))
        if "params_total_b" not in found and row is not None:
            if "tokens_t" in found and abs(float(row.tokens_t) - float(found["tokens_t"])) < 1e-9:
                found.pop("tokens_t")
            if found.get("way") == row.way:
                found.pop("way")
        if found.get("way") == "pretrain":
            found.pop("way")
        return {name: value for name, value in found.items() if _DEFAULTS.get(name) != value}

    def _equal(self, name: str, want: Any, have: Any, accept: dict[str, Any]) -> bool:
        if name in ("use", "avoid"):
            core, full = self.families(want)
            return (
                (core if name == "use" else full) <= have <= full | (frozenset() if name == "avoid" else self._extras())
            )
        if name in _COUNTS:
            pairs = [(self.family(chip)[1], count) for chip, count in want.items()]
            return len(pairs) == len(have) and all(
                any(key in forms and have[key] == n for key in have) for forms, n in pairs
            )
        if name in _LISTS:
            return frozenset(want) == have or (set(want) == {"buy", "own"} and have == {"buy"})
        if name in accept:
            return bool(accept[name][0] <= have <= accept[name][1])
        if isinstance(want, bool | str):
            return bool(want == have)
        return abs(want - have) <= _SAME * max(abs(want), 1e-12)

    def _extras(self) -> frozenset[str]:
        """Variants for one market, which may be among a family or not."""
        return frozenset(key for key, row in self._catalogue.accelerators.items() if "(" in row.generation) | {"gh200"}
