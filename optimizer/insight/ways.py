"""Other ways to the same model on equal terms: from scratch, continued pre-training, full fine-tuning, LoRA.

Every way is the case itself with the way and its tokens changed and nothing else: the same country, limits, day,
costing basis and assumptions; each is planned and proven like any case. They do not buy the same capability, so that no
way is called the best: what each gives and lacks is in ways.csv, with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from optimizer.case.ground import Ground
from optimizer.case.setting import Setting, settle
from optimizer.catalogue import Catalogue
from optimizer.domain import FROM_SCRATCH, Case, Way
from optimizer.domain.reasons import CaseWhy, NotAsked
from optimizer.errors import DataError
from optimizer.insight.limits.needs import needs_if_limits, no_plan
from optimizer.insight.shared_machines import Host, Machine, Shared, owned_machines, shared_machines
from optimizer.plans.outcome import MayHavePlan, Outcome, Plan
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.records import dataclass
from optimizer.validation.evidence import load_evidence
from optimizer.validation.runs import COUNTED, Compared, compare


@dataclass(frozen=True, eq=False)
class Evidence:
    """The published runs in one way."""

    runs: tuple[Compared, ...]
    """As published, and as the package calculates them."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours over published hours, in rising order, of the runs that can be compared."""
        return tuple(sorted(run.hours.ratio for run in self.runs if run.hours is not None))


@dataclass(frozen=True, eq=False)
class OneWay(MayHavePlan):
    """A model trained in one way: its plan, or why there is none."""

    way: Way
    ready: Prepared | None
    """The case in this way; None where the case does not work with it."""
    outcome: Outcome | None
    why: CaseWhy | None
    """Why there is no plan, and what alone would mend it; None if there is one."""
    tokens_assumed: Ground | None
    """Why so many tokens, where they were not given; else None."""
    evidence: Evidence

    @property
    def setting(self) -> Setting | None:
        """What holds for the case in this way."""
        return self.ready.setting if self.ready else None

    @property
    def memory_gb(self) -> Fraction | None:
        """Accelerator memory that the model's state needs."""
        return self.ready.problem.memory_gb if self.ready else None

    @property
    def flop_per_token(self) -> Decimal | None:
        """Training compute over tokens, overhead included; None where no tokens are known."""
        setting = self.setting
        tokens_t = setting.workload.tokens_t if setting else None
        return setting.training_flop / tokens_t / 10**12 if setting and tokens_t else None

    @property
    def status(self) -> Literal["plan", "infeasible", "not_asked"]:
        """``not_asked``: the case does not work with the way."""
        if self.ready is None:
            return "not_asked"
        return "plan" if self.plan else "infeasible"


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways to the model of a case next to each other, and other ways to come by the machine."""

    setting: Setting
    """The case as it was asked."""
    ways: tuple[OneWay, ...]
    owned: tuple[Machine, ...]
    """With what is owned alone, with more next to it, without it; empty where nothing is owned."""
    shared: Shared | None


def compare_ways(
    case: Case, catalogue: Catalogue, *, tokens: Mapping[str, Decimal] | None = None, host: Host | None = None
) -> Ways:
    """Plan the model of a case in every way of ways.csv, on equal terms.

    Args:
        case: its size of an adapter is that of the ways which train one.
        tokens: by way, in 1e12, in place of the usual; those of the case are of its own way.
        host: of a machine that several share; None: there is none.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs of a plan do not agree.
    """
    plain = case.changed(adapter_params_b=None)
    setting = settle(plain, catalogue)
    if setting.way.is_adapter:
        plain, setting = case, settle(case, catalogue)
    given = dict(tokens or {})
    evidence = _evidence(catalogue)
    found = tuple(_one_way(case, setting, way, given.get(way.id), evidence[way.id]) for way in catalogue.ways.values())
    return Ways(
        setting=setting,
        ways=found,
        owned=owned_machines(plain, catalogue),
        shared=None if host is None else shared_machines(plain, setting, host),
    )


def _one_way(case: Case, setting: Setting, way: Way, tokens: Decimal | None, evidence: Evidence) -> OneWay:
    if tokens is None and way.id == setting.way.id:
        tokens = case.tokens_t
    adapter = case.adapter_params_b if way.is_adapter else None
    try:
        ready = prepare(case.changed(way=way.id, tokens_t=tokens, adapter_params_b=adapter), setting.catalogue)
        outcome = solve_prepared(ready)
    except DataError as error:  # what the case asks for does not work with the way
        return OneWay(way, None, None, NotAsked(error.problems), None, evidence)
    why = None if isinstance(outcome, Plan) else no_plan(ready, outcome, needs_if_limits(ready, outcome))
    assumed = next((a.why for a in ready.setting.assumed if a.field == "tokens_t"), None)
    return OneWay(way, ready, outcome, why, assumed, evidence)


def _evidence(catalogue: Catalogue) -> dict[str, Evidence]:
    """By way, the runs of real_runs.csv; none where a data folder of your own has no such table."""
    if not (catalogue.folder / "real_runs.csv").is_file():
        return {name: Evidence(()) for name in catalogue.ways}
    held = load_evidence(catalogue)
    found = {}
    for name in catalogue.ways:
        scope = COUNTED if name == FROM_SCRATCH else name
        found[name] = Evidence(tuple(compare(run, held) for run in held.runs if run.scope == scope))
    return found
