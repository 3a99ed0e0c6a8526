"""What a case trains: the model, the way, the tokens, and what they ask of compute.

Memory, which follows from the same, is calculated on both sides of the proof (options/performance.py and
exact/problem.py).
"""

from __future__ import annotations

from decimal import Decimal

from optimizer.case.ground import Ground, GroundKind
from optimizer.catalogue import Catalogue
from optimizer.domain import BY_USER, FROM_SCRATCH, PRECISION_BITS, Case, Precision, Way, Workload
from optimizer.errors import Problem
from optimizer.units.language import say
from optimizer.units.records import dataclass

BILLION = 10**9
TRILLION = 10**12


@dataclass(frozen=True)
class Attention:
    """The attention that is counted: causal, over sequences of one length, in every layer."""

    context_tokens: int
    layers: int
    width: Decimal
    """Heads x width of a head."""

    @property
    def flop_per_token(self) -> Decimal:
        """Training compute of attention for one token, FLOP: 6 x layers x width x context.

        12 x layers x width x context for forward and backward (Narayanan et al. 2021, arXiv 2104.04473; Chowdhery et
        al. 2022, arXiv 2204.02311, app. B), and half of it where a token attends to those before it only.
        """
        return 6 * self.layers * self.width * self.context_tokens


@dataclass(frozen=True)
class Training:
    """A model, how it is trained and on how much."""

    workload: Workload
    way: Way
    adapter_params_b: Decimal | None
    """Parameters of the adapter that is trained next to frozen weights, 1e9; None where all weights are trained."""
    flop: Decimal
    """Training compute of the run itself, FLOP."""
    why_tokens: Ground | None
    """Why so many tokens, where neither the case nor the workload says; else None."""
    attention: Attention | None = None
    """What attention takes next to the parameters; None where it is not counted."""

    @property
    def precisions(self) -> tuple[Precision, ...]:
        """The precisions in which it can be done."""
        return self.way.precisions or tuple(PRECISION_BITS)


def training_of(case: Case, catalogue: Catalogue, tokens_per_parameter: Decimal, problems: list[Problem]) -> Training:
    """What a case trains, its names looked up already.

    Args:
        tokens_per_parameter: of a model trained from scratch of which no token count is held.
        problems: what is wrong with the adapter is added here.
    """
    workload, why = _workload(case, catalogue, tokens_per_parameter)
    way = catalogue.ways[workload.way]
    adapter_b = _adapter(case, workload, way, problems)
    attention = _attention(case, workload, problems)
    flop = workload.training_flop
    if flop is None:
        each = flop_per_token(workload, way, adapter_b) + (attention.flop_per_token if attention else 0)
        flop = each * (workload.tokens_t or Decimal(0)) * TRILLION
    return Training(workload, way, adapter_b, flop, why, attention)


def _attention(case: Case, workload: Workload, problems: list[Problem]) -> Attention | None:
    """The attention that a case asks to count; what is missing for it is added to the problems."""
    if case.context_tokens is None:
        return None
    layers, width = case.layers or workload.layers, case.attention_width or workload.attention_width
    if workload.training_flop is not None:
        rule = say(
            "cannot be counted: the data state the training compute of {workload_name} as a whole",
            workload_name=workload.name,
        )
        problems.append(
            Problem(rule, column="context_tokens", value=str(case.context_tokens), remedy=say("give --tokens-t"))
        )
    if layers is None or width is None:
        rule = say(
            "cannot be counted: the data do not have the layers and width of attention of {workload_name}",
            workload_name=workload.name,
        )
        remedy = say("give --layers and --attention-width (heads x width of a head)")
        problems.append(Problem(rule, column="context_tokens", value=str(case.context_tokens), remedy=remedy))
        return None
    return Attention(case.context_tokens, layers, width)


def _workload(case: Case, catalogue: Catalogue, tokens_per_parameter: Decimal) -> tuple[Workload, Ground | None]:
    """The catalogue's workload, in the way and with the tokens that the case says, or the case's own; why so many."""
    if case.workload is None:
        return _own(case, catalogue, tokens_per_parameter)
    workload = catalogue.workloads[case.workload]
    way = catalogue.ways[case.way or workload.way]
    if case.tokens_t is None and way.id == workload.way:
        return workload, None
    tokens: Decimal | None = case.tokens_t
    why: Ground | None = None
    if tokens is None:
        tokens, why = _usual_tokens(workload, way, catalogue, tokens_per_parameter)
    of = "" if way.id == workload.way else f", {say(way.name)}"
    changes = {"tokens_t": tokens, "training_flop": None, "way": way.id}
    return workload.model_copy(
        update={**changes, "name": f"{workload.name}{of}, {tokens_in_words(tokens)} tokens"}
    ), why


def tokens_in_words(tokens_t: Decimal | None) -> str:
    """A token count (1e12) with its unit: 15T, 0.3T; below a hundredth of 1e12 in 1e9, 2.09B."""
    assert tokens_t is not None  # the case's own validation, and that of the tables
    if tokens_t * 100 < 1:
        return say("{count:f}B", count=(tokens_t * TRILLION / BILLION).normalize())
    return say("{count:f}T", count=tokens_t.normalize())


def _own(case: Case, catalogue: Catalogue, tokens_per_parameter: Decimal) -> tuple[Workload, Ground | None]:
    """The case's own workload, from scratch unless it says, and why it has so many tokens."""
    total = case.params_total_b if case.params_total_b is not None else case.params_active_b
    active = case.params_active_b if case.params_active_b is not None else case.params_total_b
    assert total is not None and active is not None  # the case's own validation
    way = catalogue.ways[case.way or FROM_SCRATCH]
    own = Workload(
        id="own",
        name=say("own workload"),
        params_total_b=total,
        params_active_b=active,
        tokens_t=case.tokens_t,
        architecture=case.architecture or ("dense" if total == active else "moe"),
        way=way.id,
        source=BY_USER,
        as_of=case.date or catalogue.as_of,
    )
    tokens: Decimal | None = case.tokens_t
    why: Ground | None = None
    if tokens is None:
        tokens, why = _usual_tokens(own, way, catalogue, tokens_per_parameter)
    of = "" if way.id == FROM_SCRATCH else f", {way.name}"
    name = say(
        "own workload: {active}B active of {total}B parameters{of}, {tokens_in} tokens",
        active=active,
        total=total,
        of=of,
        tokens_in=tokens_in_words(tokens),
    )
    return own.model_copy(update={"tokens_t": tokens, "name": name}), why


def _usual_tokens(
    workload: Workload, way: Way, catalogue: Catalogue, tokens_per_parameter: Decimal
) -> tuple[Decimal, Ground]:
    """Tokens (1e12) of a model trained in another way than its workload's own, and why so many."""
    if way.usual_tokens_b is not None:
        estimate = way.is_estimate("usual_tokens_b")
        return way.usual_tokens_b * BILLION / TRILLION, Ground(GroundKind.TOKENS_OF_WAY, way.name, is_estimate=estimate)
    base = None if workload.base is None else catalogue.workloads[workload.base]
    if base is not None and base.tokens_t is not None:
        return base.tokens_t, Ground(GroundKind.TOKENS_OF_BASE, base.name)
    tokens = tokens_per_parameter * workload.params_active_b * BILLION / TRILLION
    return tokens, Ground(GroundKind.TOKENS_PER_PARAMETER, per_parameter=tokens_per_parameter)


def _adapter(case: Case, workload: Workload, way: Way, problems: list[Problem]) -> Decimal | None:
    """Parameters of the adapter, 1e9: the case's own, or the usual share of the model's; None if there is none."""
    given = case.adapter_params_b
    if given is not None and not way.is_adapter:
        rule = say("is for a way that trains an adapter; {way_name} trains all weights", way_name=way.name)
        problems.append(Problem(rule, column="adapter_params_b", value=f"{given:f}"))
        return None
    if given is not None and given > workload.params_total_b:
        rule = say(
            "must not exceed the parameters of the model, {params_total_b:f}", params_total_b=workload.params_total_b
        )
        problems.append(Problem(rule, column="adapter_params_b", value=f"{given:f}"))
    if way.adapter_share is None or given is not None:
        return given
    return way.adapter_share * workload.params_total_b


def flop_per_token(workload: Workload, way: Way, adapter_b: Decimal | None) -> Decimal:
    """Training compute of one token, FLOP, from the parameters that are active.

    All weights trained: C = 6 N a token (Kaplan et al. 2020, arXiv 2001.08361): 2 forward, 2 backward through the
    activations, 2 for the gradients of the weights. Frozen weights take no gradient: 4, and 6 for the adapter next to
    them (Hu et al. 2021, arXiv 2106.09685), of which as large a share is active as of the model.
    """
    active = workload.params_active_b
    if adapter_b is None:
        return way.flop_per_trained_parameter * active * BILLION
    trained = way.flop_per_trained_parameter * adapter_b * active / workload.params_total_b
    return (trained + (way.flop_per_frozen_parameter or 0) * active) * BILLION
