"""Builds ``projects.csv`` from the raw tables: a step of ``python data/make``.

Raw tables in (``data/raw/world/``: national models, national projects; ``data/real_runs.csv``), one checked table out.
Only rows whose verification carries are taken: read from a data file, or seen in a copy of the page. A figure that the
raw table says is known from memory (its note says "known") is marked as an estimate. What was published of a run that
``real_runs.csv`` has comes from there; size and tokens of a model that ``workloads.csv`` has come from there, so that a
model has one figure, and a run of a part of them has a note in ``differs``. The same bytes come out every time.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from project_choices import (
    ACCELERATORS,
    COST_COVERS,
    COSTS_EUR,
    COUNTRIES,
    DIFFERS,
    IDS,
    MODELS_OF_RUNS,
    MONEY_NO_LIMIT,
    PARTS,
    POWER_NO_LIMIT,
    RUNS,
    SAME_PROJECT,
    SCOPES_BY_HAND,
    SKIPPED,
    WORKLOADS,
)
from raw_tables import DATA, RAW, Row, read, written

FILE = "projects.csv"
CARRIES = ("seen_in_search", "dataset")
"""Words of verification that carry a figure; the other rows only name a project."""
WAYS = {"from scratch": "pretrain", "continued": "continued", "fine-tune": "finetune"}
SCOPES = {"pretrain": "single_run", "continued": "continued", "finetune": "finetune"}
COLUMNS = (
    *("id", "name", "country", "developer", "kind", "way", "base", "params_total_b", "params_active_b", "tokens_t"),
    *("accelerator", "accelerator_published", "precision", "count", "gpu_hours", "days", "scope", "peak_mw"),
    *("power_covers", "cost_usd", "cost_covers", "no_limits", "published", "status", "run", "workload", "differs"),
    *("parts", "rows", "source", "as_of", "verification", "estimates", "note"),
)


def build() -> str:
    """The table as it has to be."""
    models = [row for row in read(RAW / "sovereign_llm.csv")[1] if row["verification"] in CARRIES]
    projects = {
        row["project"]: row
        for row in read(RAW / "sovereign_projects.csv")[1]
        if row["verification"] in CARRIES and row["project"] not in SKIPPED
    }
    tables = (RAW / "further_runs.csv", DATA / "real_runs.csv")
    runs = {row["name"]: row for table in tables for row in read(table)[1]}
    workloads = {row["id"]: row for row in read(DATA / "workloads.csv")[1]}
    rates = {row["currency"]: Decimal(row["units_per_usd"]) for row in read(DATA / "fx.csv")[1]}
    found = [_model(row, projects, runs, rates) for row in models if row["project"] not in SKIPPED]
    found += [_model_of_run(runs[name], *about) for name, about in MODELS_OF_RUNS.items() if _carries(runs[name])]
    found = [_with_workload(row, workloads) | _no_run(row) for row in found]
    joined = set(SAME_PROJECT.values())
    found += [_compute(row) for name, row in projects.items() if name not in joined]
    found = [_from_memory({**dict.fromkeys(COLUMNS, ""), **row}) for row in found]
    return written(COLUMNS, sorted(found, key=lambda row: row["id"]))


def _carries(run: Row) -> bool:
    """Whether a run was read from a data file or in a copy of its page: from memory it makes no project."""
    return run["verification"].startswith(CARRIES)


FIGURES_OF = {
    "run": ("count", "gpu_hours", "days"),
    "workload": ("params_total_b", "params_active_b", "tokens_t"),
    "": ("peak_mw", "cost_usd"),
}
"""Part of the verification -> the figures that it is about; a row without that part has one text for all."""


def _from_memory(row: Row) -> Row:
    """The row with the figures among its estimates that were written from memory of their source ("known ...")."""
    checked = dict(text.rpartition(": ")[::2] for text in row["verification"].split("; "))
    known = [
        name
        for part, names in FIGURES_OF.items()
        if checked.get(part, checked.get("", "")).startswith("known")
        for name in names
        if row[name]
    ]
    return row | {"estimates": ";".join(dict.fromkeys([*filter(None, row["estimates"].split(";")), *known]))}


def _model(row: Row, projects: dict[str, Row], runs: dict[str, Row], rates: dict[str, Decimal]) -> Row:
    """A national model, with the money of its project and the figures of its run."""
    name = row["project"]
    project = projects.get(SAME_PROJECT.get(name, ""), {})
    made = _of_table(row)
    if project:
        made |= _money(project)
        made |= {"accelerator_published": made["accelerator_published"] or project["accelerator"]}
        made |= {"count": made["count"] or _whole(project["count"])}
    if name in COSTS_EUR:
        usd = Decimal(COSTS_EUR[name]) / rates["EUR"]
        made |= {"cost_usd": f"{usd:.0f}", "cost_covers": COST_COVERS.get(name, "the whole project")}
    if name in RUNS:
        made = _with_run(made, runs[RUNS[name]])
    if made["gpu_hours"] or (made["count"] and made["days"]):
        made["scope"] = SCOPES_BY_HAND.get(name) or made["scope"] or SCOPES[made["way"]]
    else:
        made["scope"] = "not_comparable"
    sources = [made["source"], project.get("source_url", "")]
    notes = [made["note"], project.get("note", "")]
    return made | {
        "source": " | ".join(dict.fromkeys(filter(None, sources))),
        "note": " ".join(dict.fromkeys(_sentence(note) for note in notes if note)),
        "rows": ";".join(
            filter(
                None,
                (f"sovereign_llm: {_plain(name)}", project and f"sovereign_projects: {_plain(project['project'])}"),
            )
        ),
        "parts": PARTS.get(name, ""),
    }


def _of_table(row: Row) -> Row:
    """What the table of national models has of one."""
    name, active = row["project"], row["active_b"]
    estimates = []
    if "known" in row["note"]:
        words = {"tokens": "tokens_t", "size": "params_total_b", "active": "params_active_b", "count": "count"}
        stated = {"tokens_t": row["tokens_b"], "params_total_b": row["params_b"], "params_active_b": active}
        stated["count"] = row["count"]
        estimates = [column for word, column in words.items() if word in row["note"] and stated[column]]
        if "figures known" in row["note"]:
            estimates = [column for column, value in stated.items() if value]
    if "estimate" in row["note"] and row["tokens_b"]:
        estimates.append("tokens_t")
    chip, is_sure = ACCELERATORS.get(row["accelerator"], ("", True))
    if chip and not is_sure:
        estimates.append("accelerator")
    addresses = [part.strip() for part in row["source"].split(";") if part.strip().startswith("https://")]
    if "Epoch" in row["source"]:
        addresses.append("https://epoch.ai/data")
    return {
        "id": IDS.get(name) or _id(name),
        "name": name,
        "country": COUNTRIES.get(name) or row["iso2"],
        "developer": row["developer"],
        "kind": "model",
        "way": WAYS.get(row["kind"], "pretrain"),
        "base": row["base"],
        "params_total_b": row["params_b"],
        "params_active_b": active,
        "tokens_t": "" if not row["tokens_b"] else f"{(Decimal(row['tokens_b']) / 1000).normalize():f}",
        "accelerator": chip,
        "accelerator_published": row["accelerator"],
        "precision": "",
        "count": row["count"],
        "gpu_hours": row["gpu_hours"],
        "days": "",
        "scope": "",
        "published": row["year"],
        "status": row["status"],
        "run": "",
        "source": " | ".join(addresses),
        "as_of": row["as_of"],
        "verification": row["verification"],
        "estimates": ";".join(dict.fromkeys(estimates)),
        "note": row["note"],
    }


def _with_run(made: Row, run: Row) -> Row:
    """The figures of a run go before those of the table of models."""
    figures = {
        "params_total_b": _billions(run["params_total"]),
        "params_active_b": "" if run["params_active"] == run["params_total"] else _billions(run["params_active"]),
        "tokens_t": _billions(run["tokens"], 12),
        "accelerator": run["accelerator"],
        "accelerator_published": run["accelerator_published"],
        "precision": run["precision"],
        "count": _whole(run["count"]),
        "gpu_hours": run["gpu_hours"],
        "days": run["days"],
        "scope": run["scope"],
    }
    taken = {column: value for column, value in figures.items() if value}
    left = [column for column in made["estimates"].split(";") if column and column not in taken]
    source = " | ".join(dict.fromkeys(filter(None, (*made["source"].split(" | "), *run["source"].split(" | ")))))
    return (
        made
        | taken
        | {
            "run": run["name"],
            "source": source,
            "estimates": ";".join(left),
            "verification": f"{made['verification']}; run: {run['verification']}",
            "note": made["note"],
        }
    )


def _no_run(made: Row) -> Row:
    """Of a model, that its money is no figure of one run where it pays more than that."""
    return {"no_limits": "cost_usd"} if made.get("cost_covers", "") not in ("", "the run") else {}


def _with_workload(made: Row, workloads: dict[str, Row]) -> Row:
    """The size and tokens of a model that is a workload too are those of the workload, unless its run is a part."""
    if made["id"] not in WORKLOADS:
        return made
    workload, differs = workloads[WORKLOADS[made["id"]]], DIFFERS.get(made["id"], "")
    made |= {"workload": workload["id"], "differs": differs}
    if differs:
        return made
    total, active = workload["params_total_b"], workload["params_active_b"]
    figures = {"params_total_b": total, "params_active_b": "" if active == total else active}
    figures["tokens_t"] = workload["tokens_t"]
    kept = [column for column in made["estimates"].split(";") if column and column not in figures]
    kept += [column for column in workload["estimates"].split(";") if figures.get(column)]
    sources = dict.fromkeys((*made["source"].split(" | "), *workload["source"].split(" | ")))
    note = made["note"].removeprefix("figures known, not reopened.").removeprefix("tokens known, not reopened.").strip()
    checked = f"{made['verification']}; workload: {workload['verification']}"
    rest = {"estimates": ";".join(kept), "source": " | ".join(sources), "verification": checked, "note": note}
    return made | figures | rest


def _model_of_run(run: Row, identifier: str, country: str, developer: str, way: str, base: str, year: str) -> Row:
    """A national model of which the table of models has nothing more than its run does."""
    made = dict.fromkeys(COLUMNS, "") | {
        "id": identifier,
        "name": run["name"],
        "country": country,
        "developer": developer,
        "kind": "model",
        "way": way,
        "base": base,
        "published": year,
        "status": "released",
        "as_of": run["as_of"],
        "rows": f"real_runs: {_plain(run['name'])}",
        "parts": PARTS.get(run["name"], ""),
        "note": run["note"],
    }
    made = _with_run(made, run)
    if run["cost_usd"]:
        made |= {"cost_usd": run["cost_usd"], "cost_covers": COST_COVERS.get(run["name"], "the run")}
    return made | {"verification": run["verification"], "scope": run["scope"]}


def _compute(row: Row) -> Row:
    """Machines of a country: a budget, a count or a power, for whatever model."""
    chip, is_sure = ACCELERATORS.get(row["accelerator"], ("", True))
    name = row["project"]
    return {
        "id": IDS.get(name) or _id(name),
        "name": name,
        "country": row["iso2"],
        "kind": "compute",
        "way": "pretrain",
        "accelerator": chip,
        "accelerator_published": row["accelerator"],
        "count": _whole(row["count"]),
        "scope": "not_comparable",
        "peak_mw": _whole(row["mw"]),
        "power_covers": POWER_NO_LIMIT.get(name, ""),
        "no_limits": ";".join(["peak_mw"] * (name in POWER_NO_LIMIT) + ["cost_usd"] * (name in MONEY_NO_LIMIT)),
        "published": row["date"],
        "status": row["status"],
        "parts": PARTS.get(row["project"], ""),
        "rows": f"sovereign_projects: {_plain(row['project'])}",
        "source": row["source_url"],
        "as_of": row["as_of"],
        "verification": row["verification"],
        "estimates": "" if is_sure or not chip else "accelerator",
        "note": row["note"],
        **_money(row),
    }


def _money(row: Row) -> Row:
    """The published money; what is not in dollars at the rate of fx.csv."""
    usd = _whole(row["budget_usd"])
    covers = "" if not usd else (COST_COVERS | MONEY_NO_LIMIT).get(row["project"], "the whole project")
    return {"cost_usd": usd, "cost_covers": covers}


def _whole(text: str) -> str:
    return "" if not text else f"{Decimal(text):f}".removesuffix(".0")


def _billions(text: str, power: int = 9) -> str:
    return "" if not text else f"{(Decimal(text) / 10**power).normalize():f}"


def _id(name: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:40].strip("-")


def _plain(name: str) -> str:
    return name.replace(";", ",")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def files() -> dict[Path, str]:
    """Every file that this step makes."""
    return {DATA / FILE: build()}
