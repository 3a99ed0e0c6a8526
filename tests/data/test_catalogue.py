"""The data folder: it loads, it is cross-checked, and what is broken in it is told by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from broken_data import rewrite, the

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.errors import DataError
from optimizer.solve.planner import prepare


def problems_of(folder: Path) -> tuple[str, ...]:
    """What loading a broken folder says, problem by problem."""
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    return tuple(str(problem) for problem in caught.value.problems)


# --- cross-checks on broken copies ----------------------------------------------------------------------------------


def test_an_unbroken_copy_loads_with_the_same_digest(copy: Path, live: Catalogue) -> None:
    """The digest is of the content, not of the place."""
    assert load_catalogue(copy).digest == live.digest


def test_a_changed_price_changes_the_digest(copy: Path, live: Catalogue) -> None:
    """Two answers from different figures must not bear the same digest."""
    rewrite(copy / "accelerators.csv", lambda rows: the(rows, id="h100_sxm5_80").update(unit_price_usd="30001"))
    assert load_catalogue(copy).digest != live.digest


def test_a_table_that_no_answer_depends_on_does_not_change_the_digest(copy: Path, live: Catalogue) -> None:
    """The golden sums are for tests: their wording must not make every answer look new."""
    rewrite(copy / "golden_cases.csv", lambda rows: rows.clear())
    assert load_catalogue(copy).digest == live.digest


def duplicate(rows: list[dict[str, str]]) -> None:
    rows.append(dict(rows[0]))


def drop(**cells: str) -> Callable[[list[dict[str, str]]], object]:
    return lambda rows: rows.remove(the(rows, **cells))


def put(cells: dict[str, str], **new: str) -> Callable[[list[dict[str, str]]], object]:
    return lambda rows: the(rows, **cells).update(new)


def put_all(**new: str) -> Callable[[list[dict[str, str]]], object]:
    return lambda rows: [row.update(new) for row in rows]


H100 = {"id": "h100_sxm5_80"}
H100_FP8 = {
    **{"assumption_set": "measured-2026", "accelerator": "h100_sxm5_80"},
    **{"precision": "fp8", "architecture": "moe"},
}

BROKEN = {
    "unknown accelerator in efficiency": (
        *("efficiency", put(H100_FP8, accelerator="h1000_sxm5")),
        'efficiency.csv accelerator "h1000_sxm5": is not known',
    ),
    "unknown accelerator in offers": (
        *("offers", put({"country": "BR", "accelerator": "h100_sxm5_80"}, accelerator="h1000")),
        'offers.csv accelerator "h1000": is not known',
    ),
    "unknown country in tax regimes": (
        *("tax_regimes", put({"country": "MX"}, country="XM")),
        'tax_regimes.csv country "XM": is not known',
    ),
    "unknown assumption set": (
        *("size_brackets", put({"max_devices": "16384"}, assumption_set="measured-2027")),
        'size_brackets.csv assumption_set "measured-2027": is not known',
    ),
    "unknown rule set": (
        *("licence_rules", put({"rule": "ACA"}, rule_sets="enforced-2026;difusion-2025")),
        'licence_rules.csv rule_sets "difusion-2025": is not known',
    ),
    "unknown parameter": (
        *("parameters", put({"assumption_set": "study-2025", "parameter": "pue"}, parameter="peu")),
        'parameters.csv parameter "peu": is not known',
    ),
    "missing parameter": (
        *("parameters", drop(assumption_set="measured-2026", parameter="staff_fte")),
        'parameters.csv assumption_set "measured-2026": has no parameter staff_fte',
    ),
    "parameter without a value": (
        *("parameters", put({"assumption_set": "measured-2026", "parameter": "spare_ratio"}, central="", estimates="")),
        'parameters.csv central "measured-2026/spare_ratio": must have a central value',
    ),
    "several countries that are held together easier than one": (
        *("distribution", put({"assumption_set": "study-2025", "spread": "international"}, efficiency="0.97")),
        'efficiency "0.97": must be at most that within one country, 0.96',
    ),
    "fewer posts at sites of several countries": (
        *("distribution", put({"assumption_set": "measured-2026", "spread": "international"}, site_staff_fte="4")),
        'site_staff_fte "4": must be at least that within one country, 5',
    ),
    "a set without size brackets": (
        *("size_brackets", drop(assumption_set="study-2025")),
        'size_brackets.csv assumption_set "study-2025": has no size bracket',
    ),
    "a set without a row for any generation": (
        *("model_sizes", drop(assumption_set="measured-2026", generations="*")),
        'model_sizes.csv generations "measured-2026": needs rows for any generation and both architectures',
    ),
    "two lines for one kind of model": (
        *("model_sizes", put({"params_to_b": "12.5"}, generations="Blackwell;Hopper")),
        'model_sizes.csv generations "measured-2026/Hopper": has two rows for moe',
    ),
    "a line of the model's size that ends before it begins": (
        *("model_sizes", put({"params_to_b": "12.5"}, params_from_b="13")),
        'model_sizes.csv params_to_b "12.5": must not be below params_from_b',
    ),
    "unknown architecture": (
        *("model_sizes", put({"params_to_b": "12.5"}, architectures="moe;spares")),
        'model_sizes.csv architectures "spares": is not known',
    ),
    "unknown generation": (
        *("model_sizes", put({"params_to_b": "12.5"}, generations="Blackwel")),
        'model_sizes.csv generations "Blackwel": is not known',
    ),
    "alias of two accelerators": (
        *("accelerators", put({"id": "h200_sxm_141"}, aliases="H200;Nvidia H100")),
        'accelerators.csv aliases "nvidia h100": is a name of both h100_sxm5_80 and h200_sxm_141',
    ),
    "alias that is the name of another": (
        *("countries", put({"id": "MX"}, aliases="brazil")),
        'countries.csv aliases "brazil": is a name of both BR and MX',
    ),
    "two default assumption sets": (
        *("assumption_sets", put({"id": "study-2025"}, is_default="1")),
        "assumption_sets.csv is_default: exactly one row must be the default",
    ),
    "no default rule set": (
        *("rule_sets", put_all(is_default="0")),
        "rule_sets.csv is_default: exactly one row must be the default",
    ),
    "key twice": ("accelerators", duplicate, 'accelerators.csv id "v100_sxm2_32": appears twice'),
    "compound key twice": (
        *("efficiency", duplicate),
        "efficiency.csv assumption_set+accelerator+precision+architecture "
        '"measured-2026, v100_sxm2_32, fp16, dense": appears twice',
    ),
    "estimate that names no column": (
        *("accelerators", put(H100, estimates="unit_price")),
        "estimates names no column of this table: unit_price",
    ),
    "row without a source": ("accelerators", put(H100, source=""), "source: must not be empty"),
    "planning estimate that names no column": (
        *("accelerators", put(H100, source="planning estimate", estimates="")),
        "a row without a source must name its estimated columns in 'estimates'",
    ),
    "useless date in words": (
        "accelerators",
        put(H100, as_of="mid-2026"),
        'as_of "mid-2026": must be a year, a month or a day',
    ),
    "useless date, day first": (
        "accelerators",
        put(H100, as_of="22.11.2026"),
        'as_of "22.11.2026": must be a year, a month or a day',
    ),
    "no date": ("accelerators", put(H100, as_of=""), "as_of: must not be empty"),
    "negative price": ("accelerators", put(H100, unit_price_usd="-30000"), 'unit_price_usd "-30000": '),
    "price of zero": ("accelerators", put(H100, unit_price_usd="0"), 'unit_price_usd "0": '),
    "efficiency above one": ("efficiency", put(H100_FP8, mfu="1.2"), 'mfu "1.2": '),
    "PUE below one": ("countries", put({"id": "BR"}, pue="0.9"), 'pue "0.9": '),
    "workload without size": (
        *("workloads", put({"id": "llama-3.1-8b"}, tokens_t="", training_flop="")),
        'workloads.csv tokens_t "llama-3.1-8b": needs tokens_t or training_flop',
    ),
    "default for no field of a case": (
        *("defaults", put({"field": "mix"}, field="mixture")),
        'defaults.csv field "mixture": is not known',
    ),
    "rule with an unknown policy": (
        *("licence_rules", put({"rule": "ACA"}, policy="perhaps")),
        'licence_rules.csv policy "perhaps": ',
    ),
    "rule with a date that is none": (
        *("licence_rules", put({"rule": "ACA"}, effective_from="April 2024")),
        'licence_rules.csv effective_from "April 2024": ',
    ),
}


@pytest.mark.parametrize(("table", "change", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_one_thing_broken_is_told_by_file_column_and_value(
    copy: Path, table: str, change: Callable[..., Any], told: Any
) -> None:
    """Each fault alone is found, and nothing else is blamed: silence would plan with a table that is not the user's."""
    rewrite(copy / f"{table}.csv", change)
    problems = problems_of(copy)
    # the line is told, but is not pinned: the next row of data would move it
    bare = [re.sub(r"^(\S+\.csv):\d+", r"\1", problem) for problem in problems]
    assert any(told in problem for problem in (*problems, *bare)), problems
    assert all(problem.startswith(table) for problem in problems)
    assert len(problems) <= 3


@pytest.mark.parametrize(
    ("table", "change", "value"),
    [
        ("country_groups", put({"country": "VN", "group": "D:1"}, country="VM"), "VM"),
        ("country_groups", put({"country": "VN", "group": "D:1"}, group="D1"), "D1"),
        ("licence_rules", put({"rule": "ACA"}, chip_classes="3A090.c"), "3A090.c"),
    ],
    ids=["country", "group", "chip class"],
)
def test_a_slip_in_the_tables_of_the_law_is_found(
    copy: Path, table: str, change: Callable[..., Any], value: str
) -> None:
    """With Viet Nam's D:1 row misspelt its H100 pass as free of licence (group B): the wrong law, without a word."""
    rewrite(copy / f"{table}.csv", change)
    assert any(f'"{value}"' in problem for problem in problems_of(copy))


WRONGLY_CLASSED = {
    "stated class": (
        put(H100, stated_class="none"),
        'accelerators.csv:7 stated_class "none": must be the class computed for 2026-11-22, 3A090.a '
        "(ECCN_3A090_A1: TPP 15831.2, density 19.45); correct tpp, die_area_mm2, vendor or datacenter_marketed of "
        "h100_sxm5_80, or its stated class",
    ),
    "die area of a chip of 3A090.b": (
        put({"id": "mi210"}, die_area_mm2="72.4"),
        'accelerators.csv:23 stated_class "3A090.b": must be the class computed for 2026-11-22, 3A090.a '
        "(ECCN_3A090_A2: TPP 2896, density 40.00); correct ",
    ),
    "TPP": (
        put({"id": "mi210"}, tpp="2800"),
        'accelerators.csv:23 tpp "2800": must be at least 2896 (15 CFR 774, 3A090: dense peak x bits); the row of '
        "mi210 has 181 as bf16_tflops",
    ),
    "TPP by a narrow precision": (
        put({"id": "gb300_nvl72"}, tpp="40000"),
        'accelerators.csv:18 tpp "40000": must be at least 60000 (15 CFR 774, 3A090: dense peak x bits); the row of '
        "gb300_nvl72 has 15000 as nvfp4_tflops",
    ),
    "class that is none": (
        put(H100, stated_class="3A090.z"),
        'accelerators.csv:7 stated_class "3A090.z": is not a class of chips',
    ),
}


@pytest.mark.parametrize(("change", "told"), WRONGLY_CLASSED.values(), ids=WRONGLY_CLASSED.keys())
def test_a_chip_that_its_own_figures_class_otherwise_is_refused(
    copy: Path, change: Callable[..., Any], told: Any
) -> None:
    """With a TPP of a tenth by a slip an H100 would pass every cap and need no licence anywhere."""
    rewrite(copy / "accelerators.csv", change)
    (problem,) = problems_of(copy)
    assert problem.startswith(told), problem


def test_a_class_that_nobody_states_is_computed_and_not_compared(copy: Path) -> None:
    """TPU: no source states one. And a stated class that was emptied is no fault."""
    rewrite(copy / "accelerators.csv", put(H100, stated_class=""))
    assert load_catalogue(copy).accelerators["h100_sxm5_80"].stated_class == ""


def test_a_group_without_a_member_is_told_by_its_line(copy: Path) -> None:
    """A rule of a group that nobody is in would be silent about everybody."""
    rewrite(copy / "licence_rules.csv", put({"rule": "ACA"}, groups="D:6"))
    assert any(re.match(r'licence_rules\.csv:\d+ groups "ACA: D:6": has no member', p) for p in problems_of(copy))


def test_size_brackets_that_overlap_or_leave_a_gap_are_found(copy: Path) -> None:
    """With 'large' from 1,024 a fleet of 600 H100 would be impossible, without a word."""
    rewrite(copy / "size_brackets.csv", put({"max_devices": "16384"}, min_devices="1024"))
    assert any("size_brackets.csv" in problem for problem in problems_of(copy))


def test_problems_of_several_files_are_told_at_once(copy: Path) -> None:
    """One run tells the fault in each of three files, with its line."""
    rewrite(copy / "accelerators.csv", put(H100, tdp_w="700W"))
    rewrite(copy / "countries.csv", put({"id": "BR"}, pue=""))
    (copy / "offers.csv").unlink()
    problems = problems_of(copy)
    assert any(p.startswith('accelerators.csv:7 tdp_w "700W": must be a number') for p in problems)
    assert any(p.startswith("countries.csv:2 pue: must not be empty") for p in problems)
    assert any("offers.csv: cannot be read" in p for p in problems)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The remedy names the flag and the environment variable."""
    (problem,) = problems_of(tmp_path / "nowhere")
    assert problem.endswith("is not a folder; give a data folder (--data, OPTIMIZER_DATA)")


@pytest.mark.parametrize(
    ("content", "told"),
    [("title = ", "is not readable TOML"), ("", "is empty"), ("title = 'x'\nversion = 3", "version: must be a text")],
)
def test_a_broken_title_page(copy: Path, content: str, told: str) -> None:
    """The version and the date stand there: without them an answer could not say what it rests on."""
    (copy / "catalogue.toml").write_text(content, encoding="utf-8")
    assert any("catalogue.toml" in problem and told in problem for problem in problems_of(copy))


def test_the_environment_variable_names_a_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPTIMIZER_DATA counts where no folder is given; a folder given goes before it."""
    rewrite(copy / "accelerators.csv", put(H100, unit_price_usd="12345"))
    monkeypatch.setenv("OPTIMIZER_DATA", str(copy))
    assert load_catalogue().accelerators["h100_sxm5_80"].unit_price_usd == 12345
    monkeypatch.setenv("OPTIMIZER_DATA", str(copy / "nowhere"))
    assert load_catalogue(copy).accelerators["h100_sxm5_80"].unit_price_usd == 12345


def test_two_cases_do_not_share_what_they_must_not(live: Catalogue) -> None:
    """The cache of options is by value: a tariff given in one case must not reach the next one."""
    clean = replace(live, cache={})
    plain = prepare(Case(country="BR"), clean).table.server_day_usd.copy()
    dear = prepare(Case(country="BR", electricity_usd_per_kwh="1"), clean).table.server_day_usd
    again = prepare(Case(country="BR"), clean).table.server_day_usd
    assert (dear >= plain).all() and (dear > plain).any()
    assert (again == plain).all()
