"""The house: imports point down the floors, the proofs stay independent of the model, help starts without the solver.

Imports are read from the source, those inside functions and behind TYPE_CHECKING too.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from commands import loaded_by

import optimizer
from optimizer.service import REGISTER

PACKAGE = Path(optimizer.__file__).parent
README = Path(__file__).parents[2] / "README.md"
FILES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(Path(__file__).parents[1].rglob("*.py"))


def readme_floors() -> dict[str, int]:
    """Room -> its floor, counted from the ground: the lines of the map in README.md, in their order."""
    block = re.search(r"```\noptimizer/[^\n]*\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block, "README.md has no map of the rooms"
    found: dict[str, int] = {}
    for floor, line in enumerate(block[1].splitlines()):
        names = re.match(r"  ((?:[a-z]+/? )+) ", line)
        assert names, line
        found |= {name.rstrip("/"): floor for name in names[1].split()}
    return found


FLOORS = readme_floors()
"""Room -> floor, as README.md has them; the package's own face (__init__, __main__) stands above all."""
MOST_ROOMS, MOST_FLOORS = 28, 21
MOST_LINES, MOST_FILES = 400, 30
FACES = ("__init__", "__main__")
HEAVY = ("highspy", "numpy", "pandas", "pydantic", "pyomo", "rich", "asyncio")


def module_name(path: Path) -> str:
    """``optimizer.insight.full_answer``; a package's ``__init__.py`` is the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def room(module: str) -> str:
    """The room of a module: ``optimizer.insight.full_answer`` -> insight; the package itself -> __init__."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def nodes(path: Path) -> Iterator[ast.AST]:
    """What a file's source is made of; over a million in all, so that they are not held."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, wherever in the file, ``from x import y`` as x.y where that is a module."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import, which this test does not follow"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


@cache
def reached(module: str) -> frozenset[str]:
    """Everything that a module imports, directly or through our own modules (the package's face apart)."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        for name in imported(MODULES[waiting.pop()]):
            if name not in found:
                found.add(name)
                if name in MODULES and name != "optimizer":
                    waiting.append(name)
    return frozenset(found)


def test_the_readme_lists_every_room_and_no_other() -> None:
    """The list is said to be whole: of a room that is not in it, nobody knows what it may import."""
    assert {room(name) for name in MODULES} - set(FACES) == set(FLOORS)


def test_the_floors_are_those_of_the_design() -> None:
    """Law and money below the model, the exact proofs below both the answer and the solver, words on top."""
    order = ["units", "domain", "catalogue", "case", "options", "model", "solve", "insight", "answers", "cli"]
    floors = [FLOORS[name] for name in order]
    assert floors == sorted(set(floors))
    assert len(FLOORS) <= MOST_ROOMS


def test_the_house_is_not_higher_than_it_was() -> None:
    """Floors as imports make them: a room stands above all that it imports, rooms of one line of the map too.

    The design wanted 17; power, what is uncertain, the atlas and the workers each brought a room between others.
    """
    below = {here: {room(name) for name in rooms_below(here)} - {here} for here in FLOORS}

    @cache
    def height(here: str) -> int:
        return 1 + max((height(name) for name in below[here]), default=0)

    assert max(map(height, FLOORS)) <= MOST_FLOORS


def rooms_below(here: str) -> set[str]:
    """What the modules of a room import of the other rooms, and name in a text: "answers.plan.row:PlanRow"."""
    modules = [(module, path) for module, path in MODULES.items() if room(module) == here]
    found = {name for _, path in modules for name in (*imported(path), *named_in_text(path))}
    return {name for name in found if name.startswith("optimizer.") and room(name) in FLOORS}


WHERE = re.compile(r"(?:optimizer\.)?((?:[a-z_]+\.)*[a-z_]+)(?::[A-Za-z_]+)?")


@cache
def named_in_text(path: Path) -> tuple[str, ...]:
    """Modules that are imported by their name when they are asked for: in text, ``web.app:make_app``."""
    texts = [
        n.value for n in nodes(path) if isinstance(n, ast.Constant) and isinstance(n.value, str) and ":" in n.value
    ]
    places = [f"optimizer.{found[1]}" for text in texts if (found := WHERE.fullmatch(text))]
    return tuple(place for place in places if place in MODULES)


def test_imports_point_down() -> None:
    """No room imports one above it: else the model would learn a country's name, or a proof the model."""
    for module, path in MODULES.items():
        here = room(module)
        if here in FACES:
            continue
        for name in (*imported(path), *named_in_text(path)):
            if name == "optimizer":  # its version, and no more
                assert "from optimizer.version import __version__" in path.read_text(encoding="utf-8")
            elif name.startswith("optimizer.") and {here, room(name)} <= set(FLOORS):
                assert FLOORS[room(name)] <= FLOORS[here], f"{module} imports {name} from above"


def test_nothing_imports_the_package_face() -> None:
    """``from optimizer import plan`` inside the package would go round the floors."""
    for module, path in MODULES.items():
        names = [name for name in imported(path) if name == "optimizer"]
        assert not names or module == "optimizer.__main__", module


def circle_among(edges: dict[str, set[str]]) -> set[str]:
    """The nodes that are left when everything that depends on nothing left is taken away, again and again."""
    left = dict(edges)
    while free := [name for name, below in left.items() if not below & left.keys()]:
        for name in free:
            del left[name]
    return set(left)


def test_rooms_do_not_import_in_a_circle() -> None:
    """Between rooms of one floor there is an order too: a circle means that two rooms are one."""
    edges: dict[str, set[str]] = {room(module): set() for module in MODULES if room(module) not in FACES}
    for module, path in MODULES.items():
        for name in (*imported(path), *named_in_text(path)):
            if room(module) in edges and name.startswith("optimizer.") and room(name) != room(module):
                edges[room(module)].add(room(name))
    assert not circle_among(edges)


def test_modules_do_not_import_in_a_circle() -> None:
    """Nor inside a room, imports in functions too: two files that need each other are one subject."""
    edges = {
        module: {name for name in imported(path) if name in MODULES and name != module}
        for module, path in MODULES.items()
        if not module.endswith("__init__") and path.name != "__init__.py"
    }
    assert not circle_among(edges)


def test_folders_of_a_room_do_not_import_in_a_circle() -> None:
    """Two folders of ``answers/`` that need each other are one subject too; files that lie in no folder are above."""
    edges: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        folder = ".".join(module.split(".")[:3])
        if len(module.split(".")) > 3:
            below = {".".join(name.split(".")[:3]) for name in imported(path) if len(name.split(".")) > 3}
            edges.setdefault(folder, set()).update(name for name in below if name in MODULES and name != folder)
    assert {"optimizer.answers.form", "optimizer.answers.words", "optimizer.answers.plan"} <= edges.keys()
    assert not circle_among(edges)


@pytest.mark.parametrize(
    "name",
    [
        *("exact", "plans.verify", "exact.search", "exact.shares", "plans.outcome"),
        *("power.exact", "power.verify", "power.costs"),
    ],
)
def test_the_proofs_share_nothing_with_the_model(name: str) -> None:
    """Neither directly nor through another room: one slip in a shared formula would be confirmed, not caught."""
    for module in reached(f"optimizer.{name}"):
        assert module.split(".")[0] not in ("pyomo", "highspy"), f"{name} reaches {module}"
        assert room(module) not in ("model", "options", "solve") or not module.startswith("optimizer"), (
            f"{name} reaches {module}"
        )


def test_only_highs_knows_highspy_and_only_model_and_highs_know_pyomo() -> None:
    """Another importer could take HiGHS's word for an answer."""
    for package, allowed in (("highspy", {"solve.highs"}), ("pyomo", {"solve.highs", "model"})):
        users = {m for m, path in MODULES.items() if package in {n.split(".")[0] for n in imported(path)}}
        assert {("model" if room(m) == "model" else m.removeprefix("optimizer.")) for m in users} == allowed


def test_only_units_knows_the_seconds_of_a_day() -> None:
    """86,400 (and 8.64e19) stand once: a second copy could differ."""
    digits = re.compile(r"8[._]?6[._]?4")
    for module, path in MODULES.items():
        written = nodes(path) if digits.search(path.read_text(encoding="utf-8")) else ()
        constants = [n.value for n in written if isinstance(n, ast.Constant) and isinstance(n.value, int | float)]
        found = [value for value in constants if value in (86_400, 86_400 * 10**15)]
        assert len(found) == (module == "optimizer.units"), module


@pytest.mark.parametrize("files", [FILES, TESTS], ids=["package", "tests"])
def test_no_file_is_too_long(files: list[Path]) -> None:
    """A file has one subject; beyond so many lines it has two."""
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_folder_is_too_full() -> None:
    """Nobody finds a file among fifty: a room that fills up is divided by subject."""
    counts = Counter(path.parent.relative_to(PACKAGE.parent).as_posix() for path in FILES)
    assert {name: count for name, count in counts.items() if count > MOST_FILES} == {}


def test_tests_are_collected_from_the_readme_command() -> None:
    """The command ``pytest`` puts tests/ on the path and not the folder above: ``from tests.x import`` fails there."""
    for path in TESTS:
        if path.name.startswith("test_"):
            found = re.findall(r"^\s*(?:from|import) tests\b.*", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert found == [], f"{path.name}: write 'from x import' for tests/x.py, not {found}"


def test_no_test_file_is_imported_by_another() -> None:
    """What several tests share stands in a module of its own (tests/worlds.py and others): a test imported as a library
    is run twice, or cannot be split or renamed."""
    wrong = re.compile(r"^\s*(?:from|import) (?:\w+\.)*(?:test_\w+|conftest)\b.*", re.MULTILINE)
    found = {path.name: wrong.findall(path.read_text(encoding="utf-8")) for path in TESTS}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], *([name, "--help"] for name in ("ask", "plan", "explain", "alternatives"))]
)
def test_help_starts_without_anything_heavy(arguments: list[str], tmp_path: Path) -> None:
    """Any of these would make ``optimizer --help`` wait for a solver that it does not need."""
    loaded = loaded_by(*arguments, cwd=tmp_path)
    assert not set(HEAVY) & loaded


NOT_FOR_A_PLAN = (
    *("uncertainty.robust", "uncertainty.monte_carlo", "uncertainty.tornado", "workers", "solve.mix", "exact.mixes"),
    *("insight.limits.pairs", "insight.limits.concessions", "insight.comparison", "domain.evidence"),
    *("service.references", "service.explaining", "power", "batch", "web", "answers.plan.outputs"),
    *(
        "answers.plan.row",
        "answers.plan.shape",
        "answers.plan.run_shapes",
        "answers.plan.odds_shapes",
        "answers.form.reading_shape",
    ),
)
"""Of our own, what a plan of one kind of server in answer to a question has no need of."""
NOT_FOR_A_QUESTION = (
    *("numpy.ma", "pandas", "pyomo", "matplotlib", "jinja2", "fastcluster"),
    *("importlib.metadata", "importlib.resources", "email.message", "zipfile", "socket", "tempfile", "rich"),
)
"""Of others, what no answer to a question needs."""


def test_a_question_loads_nothing_that_its_answer_does_not_need(tmp_path: Path) -> None:
    """Each costs every user a part of the second that a question takes, whether it is wanted or not."""
    loaded = loaded_by("ask", "cheapest plan under 1 MW in 150 days", "-q", cwd=tmp_path)
    assert not {f"optimizer.{name}" for name in NOT_FOR_A_PLAN} & loaded
    assert not set(NOT_FOR_A_QUESTION) & loaded


def test_the_process_that_writes_the_rows_loads_nothing_that_plans(tmp_path: Path) -> None:
    """A batch plans in other processes: wrong is a solver and its arrays in the one that reads cases and writes rows,
    a tenth of the time of a small batch."""
    (tmp_path / "cases.csv").write_text("case_id,max_mw,deadline_days\na,1,150\nb,1,\n", encoding="utf-8")
    loaded = loaded_by("batch", "cases.csv", "-o", "plans.csv", "--workers", "1", "-q", cwd=tmp_path)
    assert len((tmp_path / "plans.csv").read_text(encoding="utf-8").splitlines()) == 3
    of_ours = {f"optimizer.{name}" for name in ("exact", "model", "solve", "uncertainty", "insight", "options")}
    assert {"numpy", "highspy", "pyomo", "asyncio", "rich", *of_ours} & loaded == set()


def test_flags_load_nothing_that_reads_sentences(tmp_path: Path) -> None:
    """A plan by flags knows the units and none of the grammar, the phrases or the names of a question."""
    loaded = loaded_by("plan", "--max-mw", "1MW", "--deadline", "150d", "-q", cwd=tmp_path)
    assert not [name for name in loaded if name.startswith("optimizer.question")]


def test_every_question_stands_in_the_register_under_its_module() -> None:
    """The register imports a module for the names that stand beside it: a question of another name would be lost."""
    entered = {name: entry.answer.__module__ for name, entry in REGISTER.items()}
    written = {name for name in MODULES if name.startswith("optimizer.service.") and "@question(" in text_of(name)}
    assert set(entered.values()) == written
    assert len(entered) == sum(text_of(name).count("\n@question(") for name in written)
    assert all(entry.name == name for name, entry in REGISTER.items())


def test_the_wheel_has_what_a_command_reads_and_no_more() -> None:
    """Wrong: raw tables, scripts that build the data, or catalogues of messages as translators write them, with every
    install; or a table, a template or a compiled catalogue left behind."""
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed")
    root = README.parent
    inside = {file.distribution_path for file in wheel.WheelBuilder(str(root)).recurse_included_files()}
    folders = {name.rpartition("/")[0] for name in inside if name.startswith("optimizer/data/")}
    assert folders == {"optimizer/data", "optimizer/data/reference"}
    assert not [name for name in inside if name.endswith((".po", ".pyc"))]
    tables = {f"optimizer/data/{path.name}" for path in (root / "data").iterdir() if path.is_file()}
    code = {
        path.relative_to(root).as_posix()
        for path in (root / "optimizer").rglob("*")
        if path.is_file() and path.suffix not in (".po", ".pyc")
    }
    assert not (tables | code) - inside


def text_of(name: str) -> str:
    """The text of a module."""
    return MODULES[name].read_text(encoding="utf-8")
