"""How the solver ended, in words."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.plans.proof import EndKind, Proof

TIES_LEFT = "time ran out before equally good plans were compared: one of them may cost less"
_ENDS: Mapping[EndKind, str] = {
    EndKind.STOPPED: "stopped at its time limit",
    EndKind.NO_OPTION: "not run: its bounds leave no option",
    EndKind.SEARCH_ALONE: "exhaustive search in exact arithmetic",
    EndKind.ONE_SITE: "one site only: no other site to share with",
}


def ended_words(proof: Proof) -> str:
    """How the solver ended, or why it was not run; and that ties were left, if they were."""
    ended = proof.ended
    if ended.kind == EndKind.SCALE:
        told = f"not run: {ended.detail}"
    elif ended.kind == EndKind.NOT_BELIEVED:
        told = f"not used: {ended.detail}"
    elif ended.kind == EndKind.ASKED_AGAIN:
        told = f"{ended.detail}, after one run was asked again: a better plan had shown that it was wrong"
    elif ended.kind == EndKind.OVER_CEILING:
        told = f"the smallest possible {ended.detail} is more than its limit"
    else:
        told = _ENDS.get(ended.kind, ended.detail)
    return f"{told}; {TIES_LEFT}" if proof.ties_open else told
