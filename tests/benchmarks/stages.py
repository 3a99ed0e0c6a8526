"""(a) Where the time of a case goes: from a row of the cases file to a row of the plans file."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from optimizer.catalogue import Catalogue
from optimizer.domain import Case

from . import cases, ours
from .measuring import Scale, Section, clocked, in_turn, spread, table
from .stopwatch import Stopwatch

MIX = 4
REST = "the rest (between the stages)"


def stages(catalogue: Catalogue, texts: Mapping[str, str], rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds by stage, and wall seconds without timers, a value a case: of each the round with the least in all."""
    by_stage: dict[str, list[float]] = {name: [] for name in (*ours.STAGES, REST)}
    plain: list[float] = []
    watch = Stopwatch(ours.STAGES)
    for text in texts.values():
        best: list[tuple[float, dict[str, float]]] = []

        def timed(text: str = text, best: list[tuple[float, dict[str, float]]] = best) -> float:
            watch.reset()
            with watch.on():
                wall, _ = clocked(lambda: ours.batch_in_process(text, catalogue))
            best.append((wall, watch.seconds))
            return wall

        def bare(text: str = text) -> float:
            return clocked(lambda: ours.batch_in_process(text, catalogue))[0]

        bare()  # its options are at hand, as for a case of a batch
        taken = in_turn({"bare": bare, "timed": timed}, rounds)
        plain.append(taken["bare"])
        wall, seconds = min(best, key=lambda run: run[0])
        for name, value in seconds.items():
            by_stage[name].append(value)
        by_stage[REST].append(wall - sum(seconds.values()))
    return by_stage, plain


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """The stages of mixed country cases, plans and infeasible ones alike, as they come; and of mixes."""
    told = Section("stages: where the time of a case goes")
    single = cases.mixed(2 * scale.cases)
    _tell(told, "mixed cases of the shipped catalogue", single, catalogue, scale)
    mixes = [case.changed(mix=MIX) for case in single[: max(4, scale.cases // 2)]]
    _tell(told, f"of them as mixes of up to {MIX}", mixes, catalogue, scale)
    return told


def _tell(told: Section, title: str, drawn: list[Case], catalogue: Catalogue, scale: Scale) -> None:
    """A table and what follows from it."""
    texts = {f"case {number}": cases.as_csv([case]) for number, case in enumerate(drawn)}
    by_stage, plain = stages(catalogue, texts, scale.rounds)
    whole = [sum(values) for values in zip(*by_stage.values(), strict=True)]
    shares = {name: sum(values) / sum(whole) for name, values in by_stage.items()}
    rows = [(name, *spread(values), f"{100 * shares[name]:.1f} %") for name, values in by_stage.items() if any(values)]
    rows.append(("all stages and the rest", *spread(whole), "100 %"))
    rows.append(("the whole, without timers", *spread(plain), ""))
    columns = ("stage", "median", "least", "most", "share")
    told.tables.append(table(f"{len(drawn)} {title}, ms a case", columns, rows))
    largest = max((name for name in shares if name != REST), key=lambda name: shares[name])
    told.notes += [
        f"{title}: the stages take {100 * (sum(whole) / sum(plain) - 1):+.1f} % over the whole without timers "
        f"(median of cases {100 * (median(w / p for w, p in zip(whole, plain, strict=True)) - 1):+.1f} %)",
        f"{title}: the largest is {largest}, {100 * shares[largest]:.0f} %",
    ]
