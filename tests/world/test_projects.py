"""National projects: the table is built, a project is a case, ours stands beside what was published."""

from __future__ import annotations

import csv
import io

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.answers.comparisons.projects import row_of
from optimizer.batch.project_cases import ProjectCases
from optimizer.catalogue import Catalogue
from optimizer.domain.projects import Project
from optimizer.domain.rows import Workload
from optimizer.errors import Problem
from optimizer.insight.projects import ComparedProject, compare_projects
from optimizer.validation.evidence import load_evidence
from optimizer.validation.projects import USUAL_DAYS, _problems, cells_of, deadline_days, projects_of

pytestmark = pytest.mark.usefixtures("inline")

CARRIES = ("seen_in_search", "dataset", "known_primary_not_reopened")


@pytest.fixture(scope="module")
def found(live: Catalogue) -> dict[str, ComparedProject]:
    """Every project with its run compared and its case planned."""
    return {item.project.id: item for item in compare_projects(projects_of(live), live)}


def test_only_rows_whose_verification_carries(live: Catalogue) -> None:
    """A row that is known from memory alone names a project; taken as a figure, it would be one nobody can check."""
    rows = projects_of(live)
    assert len(rows) > 80
    for row in rows:
        assert row.verification.startswith(CARRIES), row.id
        assert row.source.startswith("https://"), row.id


def test_a_figure_known_but_not_reopened_is_an_estimate(live: Catalogue) -> None:
    """The raw table says of ThaiLLM that its size is known, not read: shown as listed, it would look checked."""
    row = next(row for row in projects_of(live) if row.id == "thaillm")
    assert "size and base known" in row.note
    assert row.is_estimate("params_total_b") and not row.is_estimate("tokens_t")


def test_the_figures_of_a_run_are_those_of_the_evidence(live: Catalogue) -> None:
    """One run, one figure: two tables that part would give two answers to one question."""
    runs = {run.name: run for run in load_evidence(live).runs}
    joined = [row for row in projects_of(live) if row.run in runs]
    assert len(joined) >= 15
    for row in joined:
        run = runs[row.run]
        assert (row.gpu_hours, row.days, row.count, row.scope) == (run.gpu_hours, run.days, run.count, run.scope)
        assert row.accelerator == run.accelerator


def test_a_model_is_a_case_in_its_country_and_its_days(live: Catalogue) -> None:
    """SEA-LION v1 3B: 0.98T tokens, Singapore, 14 days. BLOOM is a workload too, and its case is that workload."""
    rows = {row.id: row for row in projects_of(live)}
    assert cells_of(rows["sea-lion-v1-3b"]) == {
        "case_id": "sea-lion-v1-3b",
        "country": "SG",
        "deadline_days": "14",
        "params_total_b": "3",
        "tokens_t": "0.98",
    }
    assert cells_of(rows["bloom-176b"]) == {
        "case_id": "bloom-176b",
        "country": "FR",
        "deadline_days": "118",
        "workload": "bloom-176b",
    }


NAMED = {"sea-lion-7b-v1": {"sea-lion-7b"}, "swallow-70b-2024": set[str]()}
"""The first has the words of its name in another order; the second is an older model, on Llama 2."""


def _bare(name: str) -> str:
    """The letters and digits of a name, without what stands in brackets."""
    return "".join(letter for letter in name.lower().split(" (")[0] if letter.isalnum())


def _workloads_named(names: set[str], catalogue: Catalogue) -> list[Workload]:
    """The workloads that one of these names is a name of."""
    return [
        row
        for row in catalogue.workloads.values()
        if {_bare(name) for name in (row.id, row.name, *row.aliases)} & {_bare(name) for name in names}
    ]


def test_one_model_has_one_figure(live: Catalogue) -> None:
    """A project and the workload of the same model agree, or a note says why not. Apertus 8B had 8B in one table and
    8.05B in the other, Falcon-40B 40 and 41.8, SEA-LION v3 70B 162 and 200 billion tokens, without a word."""
    joined = 0
    for row in projects_of(live):
        if row.kind != "model":
            continue
        named = NAMED.get(row.id, {found.id for found in _workloads_named({row.id, row.name}, live)})
        assert not named or row.workload in named, row.id
        if row.workload is None:
            continue
        joined += 1
        workload = live.workloads[row.workload]
        mine = (row.params_total_b, row.params_active_b or row.params_total_b, row.tokens_t)
        same = mine == (workload.params_total_b, workload.params_active_b, workload.tokens_t)
        assert same != bool(row.differs), row.id
        cells = cells_of(row)
        assert cells is not None and (cells.get("workload") == row.workload) == same
    assert joined >= 15


def test_a_project_that_parts_from_its_workload_without_a_word_is_refused(live: Catalogue) -> None:
    """A user's own table too: two sizes of one model would give two plans."""
    row = next(row for row in projects_of(live) if row.id == "falcon-40b")
    wrong = Project(**{**row.model_dump(), "params_total_b": "40"})
    assert [problem.column for problem in _problems([wrong], live)] == ["differs"]
    noted = Project(**{**row.model_dump(), "params_total_b": "40", "differs": "the size of its title"})
    assert not list(_problems([noted], live))


def test_the_size_of_a_run_is_that_of_its_workload(live: Catalogue) -> None:
    """Llama 2 70B had 69B parameters in the table of runs and 70B in that of workloads. One that rounds says so."""
    sizes = {_bare(row.name): row.params_total_b * 10**9 for row in live.workloads.values()}
    runs = [run for run in load_evidence(live).runs if _bare(run.name) in sizes]
    assert len(runs) >= 30
    for run in runs:
        assert run.params_total == sizes[_bare(run.name)] or "workloads.csv" in run.note, run.name


def test_a_published_training_compute_beside_6nd_has_its_note(live: Catalogue) -> None:
    """Apertus 70B: the report has 6.74e24 FLOP, 6 x 70.6e9 x 15e12 is 6.354e24. Two figures, so both are shown."""
    apart = []
    for row in live.workloads.values():
        if row.training_flop is None or row.tokens_t is None or row.way != "pretrain":
            continue
        reckoned = 6 * row.params_active_b * row.tokens_t * 10**21
        digits = len(row.training_flop.as_tuple().digits)
        if f"{reckoned:.{digits - 1}e}" != f"{row.training_flop:.{digits - 1}e}":
            apart.append(row.id)
            assert "6 x " in row.note, row.id
    assert "apertus-70b" in apart and "falcon-180b" in apart


def test_machines_are_a_case_with_their_power_and_money_as_limits(live: Catalogue) -> None:
    """Freedom Holding's hub: 100 MW and 2bn USD; no days are published, so that it is a year."""
    row = next(row for row in projects_of(live) if row.id == "freedom-holding-sovereign-ai-hub")
    assert cells_of(row) == {
        "case_id": "freedom-holding-sovereign-ai-hub",
        "country": "KZ",
        "deadline_days": "365",
        "max_mw": "100",
        "budget_usd": "2000000000",
    }
    assert deadline_days(row) == USUAL_DAYS


def test_what_is_not_for_the_machines_of_one_site_is_no_limit(live: Catalogue) -> None:
    """Nuevo León's 1 MW is the first stage and its 1bn ten years; Uzbekistan's 1 MW is of two clusters together;
    Santa Marta's 80M are connectivity and energy. Wrong: a case of 1bn at 1 MW."""
    rows = {row.id: row for row in projects_of(live)}
    found = {key: cells_of(rows[key]) for key in ("nuevo-leon-cloud", "uzbekistan-clusters", "santa-marta")}
    assert found["nuevo-leon-cloud"] == {
        "case_id": "nuevo-leon-cloud",
        "country": "MX",
        "deadline_days": "365",
        "max_mw": "1",
    }
    assert found["uzbekistan-clusters"] is None and found["santa-marta"] is None
    for row in rows.values():
        if row.kind == "compute":
            assert ("cost_usd" in row.no_limits) <= (row.cost_covers not in ("", "the whole project"))
        assert ("peak_mw" in row.no_limits) == bool(row.power_covers) and (not row.power_covers or row.peak_mw)


def test_a_project_of_which_too_little_is_published_is_no_case(live: Catalogue) -> None:
    """Sarvam's tokens are not published: a case with tokens made up would be a figure that nobody stated."""
    row = next(row for row in projects_of(live) if row.id == "sarvam-105b")
    assert row.tokens_t is None and cells_of(row) is None


def test_at_least_twelve_stand_beside_published_hours_or_money(found: dict[str, ComparedProject]) -> None:
    """Ours over published, each finite and positive, and the cost of a plan verified."""
    compared = [item for item in found.values() if item.hours is not None or item.cost_ratio is not None]
    assert len(compared) >= 12
    for item in compared:
        assert item.hours is None or item.hours.ratio > 0
        if item.plan is not None:
            assert item.plan.days <= deadline_days(item.project)


def test_hours_of_a_run_by_hand(found: dict[str, ComparedProject], live: Catalogue) -> None:
    """Falcon-40B: 6 x 41.8e9 x 1e12 FLOP over 384 A100 at MFU x goodput x both factors, in hours; 552,960 published."""
    item = found["falcon-40b"]
    assert item.hours is not None and item.run is not None and item.run.efficiency is not None
    row = item.run.efficiency
    rate = 312e12 * float(row.mfu) * float(row.goodput) * item.run.model_factor * item.run.cluster_factor
    assert item.hours.ours == pytest.approx(6 * 41.8e9 * 1e12 / rate / 3600, rel=1e-3)
    assert item.hours.published == 552_960
    assert item.days is not None
    assert item.days.ours == pytest.approx(item.hours.ours / 384 / 24)


def test_a_russian_project_has_the_law_as_its_answer(found: dict[str, ComparedProject]) -> None:
    """Not "unknown country", and no plan."""
    item = found["yalm-100b"]
    assert item.plan is None and item.today is not None and "EMBARGO_RU_BY" in str(item.today.why)


def test_machines_have_what_a_year_on_just_these_trains(found: dict[str, ComparedProject], live: Catalogue) -> None:
    """They had the plan of one and the same model, which says nothing of their size. By hand of 96 H200: 12 servers all
    year; of 100,000 GB300 no more than the speed of a run is known for."""
    rows = {name: row_of(item, live) for name, item in found.items()}
    most = found["tarapaca-cluster"].machines
    assert most is not None and most.plan is not None
    assert (most.plan.servers, most.plan.days) == (12, 365) and {end.kind for end in most.ended_by} == {
        "deadline",
        "owned",
    }
    assert rows["tarapaca-cluster"].machines.startswith("96 H200: 106.6B parameters on 2.13T tokens in 365 days")
    assert "16,344 of them" in rows["stargate-uae"].machines
    for name, item in found.items():
        assert bool(rows[name].machines) == (item.project.kind == "compute"), name
    assert "is not published" in rows["alem-cloud"].machines and rows["bharatgen-1t"].machines == ""


def test_why_they_differ_names_the_law_and_is_a_column(found: dict[str, ComparedProject], live: Catalogue) -> None:
    """GLM-130B ran on A100 in China, where no plan of today may use one; rows had only who had read the figures."""
    why = row_of(found["glm-130b"], live).why
    assert "0.75 times as efficient" in why and "may use its A100 SXM 40GB there: JAN2026_CHINA" in why
    assert "EMBARGO_RU_BY" in row_of(found["yalm-100b"], live).why
    assert "JAN2026" not in row_of(found["bloom-176b"], live).why and found["bloom-176b"].barred is None


def test_the_money_of_a_programme_is_not_compared_with_a_run(found: dict[str, ComparedProject], command: Cli) -> None:
    """SEA-LION's 52M are two years of people and models: one run "costs 0.0166 of it" says nothing. The reason is
    there in place of the ratio."""
    for item in found.values():
        if item.project.kind == "model" and item.project.cost_usd is not None:
            assert ("cost_usd" in item.project.no_limits) == (item.project.cost_covers != "the run"), item.project.id
            assert "cost_usd" not in item.project.no_limits or item.cost_ratio is None
    assert found["latamgpt-70b"].cost_ratio is not None and found["thaillm"].plan is not None
    told = command("data", "projects", "sea-lion-v4-27b", "--data", str(LIVE)).out
    assert "Published, and not compared" in told and "$52.0M: two years of a programme" in told


def test_hours_and_days_that_do_not_agree_say_so(found: dict[str, ComparedProject], live: Catalogue) -> None:
    """839,000 h / 512 / 24 = 68 days, and 84 were published: ratios 1.38 and 1.12, and no word why there are two."""
    assert found["luminous-supreme"].days_of_hours == pytest.approx(839_000 / 512 / 24)
    assert "the hours are 68 days of all 512 accelerators, and 84 days" in row_of(found["luminous-supreme"], live).why
    for item in found.values():
        apart = item.hours and item.days and abs(item.hours.ratio / item.days.ratio - 1) > 0.06
        assert bool(apart) <= ("do not agree" in row_of(item, live).why), item.project.id
    assert found["falcon-40b"].days_of_hours is None


def test_a_plan_that_depends_on_the_buyer_says_so_here_too(
    found: dict[str, ComparedProject], live: Catalogue, command: Cli
) -> None:
    """As `plan` does: GLM-130B today would buy under an exception that is not for parties on the Entity List."""
    assert "Entity List" in (row_of(found["glm-130b"], live).depends_on_buyer or "")
    assert "UAE_A5" in (row_of(found["falcon-180b"], live).depends_on_buyer or "")
    assert row_of(found["bloom-176b"], live).depends_on_buyer is None
    told = command("data", "projects", "glm-130b", "--data", str(LIVE)).out
    assert "Depends on the buyer" in told and "NAC_ENTITY_LIST" in told


def test_batch_over_the_projects_in_one_command(command: Cli, live: Catalogue) -> None:
    """One row a case, in the order of the table; every status is an answer."""
    ran = command("batch", "projects", "--quiet", "--data", str(LIVE), "--workers", "1")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert ran.status == 0, ran.err
    assert [row["case_id"] for row in rows] == [line.cells["case_id"] for line in ProjectCases(live)]
    assert {row["status"] for row in rows} == {"plan", "infeasible"}


def test_a_file_of_that_name_goes_before_the_projects(command: Cli) -> None:
    """A user's file called projects is the user's: the cases of the data in its place would be another answer."""
    from pathlib import Path

    Path("projects").write_text("case_id,country,max_mw,deadline_days\nmine,BR,0.6,90\n", encoding="utf-8")
    ran = command("batch", "projects", "--quiet")
    assert ran.status == 0, ran.err
    assert [row["case_id"] for row in csv.DictReader(io.StringIO(ran.out))] == ["mine"]


def test_a_data_folder_without_projects_says_so(command: Cli) -> None:
    """An older folder of one's own has no such table: an answer, not a traceback."""
    ran = command("batch", "projects")
    assert ran.status == 4 and "no project that is a case" in ran.err
    assert command("data", "list", "projects").status == 0


def test_an_unknown_project_is_suggested(command: Cli) -> None:
    """One message, exit status 2, the nearest name."""
    ran = command("data", "projects", "apertus", "--data", str(LIVE))
    assert ran.status == 2 and "did you mean apertus-" in ran.err


def test_a_wrong_row_is_named_with_its_line(live: Catalogue) -> None:
    """A country or an accelerator that the data do not have would be a KeyError in the middle of an answer."""
    row = projects_of(live)[0]
    wrong = Project(**{**row.model_dump(), "country": "ZZ", "accelerator": "h1000"})
    problems: list[Problem] = list(_problems([wrong, wrong], live))
    assert {problem.column for problem in problems} == {"id", "country", "accelerator"}


def test_show_prints_a_project_with_its_source(command: Cli) -> None:
    """What is published, and where: also where a workload bears the same name."""
    for name, word in (("apertus-70b", "national project: Apertus 70B"), ("santa-marta", "BioNube")):
        ran = command("data", "show", name, "--data", str(LIVE))
        assert ran.status == 0 and word in ran.out and "https://" in ran.out


@pytest.mark.parametrize(
    ("lang", "told"), [("es", "El dinero arrienda una nube"), ("pt", "O dinheiro aluga uma nuvem")]
)
def test_why_a_plan_parts_is_told_in_the_language_that_is_spoken(command: Cli, lang: str, told: str) -> None:
    """The texts are for people: a ministry read "The money rents a cloud abroad" under a Spanish title."""
    out = " ".join(command("data", "projects", "latamgpt-70b", "--lang", lang, "--data", str(LIVE)).out.split())
    assert told in out and "The money" not in out


@pytest.mark.parametrize(
    ("kind", "told", "english"),
    [
        ("regions", " Europa ", " Europe "),
        ("countries", " Alemania ", " Germany "),
        ("ways", " entrenamiento desde cero ", " training from scratch "),
        ("rules", " Ninguna regla de exportación", " No export rule at all"),
    ],
)
def test_lists_of_the_data_have_names_in_the_language_that_is_spoken(
    command: Cli, kind: str, told: str, english: str
) -> None:
    """The tables have the Spanish names: "Germany" in a Spanish list is a name that its reader did not type."""
    out = command("data", "list", kind, "--lang", "es", "--data", str(LIVE)).out
    assert told in out and english not in out
    out = command("data", "list", kind, "--data", str(LIVE)).out
    assert english in out and told not in out


@pytest.mark.parametrize(
    ("name", "estimates"),
    [
        ("apertus-70b", {"gpu_hours", "count"}),
        ("bloom-176b", {"params_total_b", "tokens_t"}),
        ("glm-130b", set()),
        ("exaone-32b", set()),
    ],
)
def test_a_figure_that_was_not_read_again_is_an_estimate(live: Catalogue, name: str, estimates: set[str]) -> None:
    """The verification says of which part that holds: the run, the workload, or all; the guide promises the mark."""
    row = next(row for row in projects_of(live) if row.id == name)
    given = {column for column in type(row).model_fields if getattr(row, column) is not None}
    assert {column for column in given if row.is_estimate(column)} == estimates


def test_the_tables_say_what_is_an_estimate_and_for_which_model(command: Cli) -> None:
    """The machines of 1,000 MW and of 17.5M had the same plan, and no word said that it is for one model."""
    told = command("data", "projects", "apertus-70b", "stargate-uae", "--data", str(LIVE)).out
    assert "6,000.0 (estimate)" in told and "1,000" in told
    assert "for DeepSeek-V3 shape on 10T tokens" in told
    assert "optimizer largest --country AE --max-mw 1000 --deadline 365d" in " ".join(told.split())


def test_no_project_rests_on_memory_alone(live: Catalogue) -> None:
    """Its own row was read from a data file or in a copy of its page; six runs known from memory were projects."""
    for row in projects_of(live):
        assert row.verification.startswith(("dataset", "seen_in_search")), row.id
