"""How the solver ended, in words."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.plans.proof import EndKind, Proof
from optimizer.units.language import Messages, mark, say

TIES_LEFT = mark("time ran out before equally good plans were compared: one of them may cost less")
_ENDS: Mapping[EndKind, str] = Messages(
    {
        EndKind.STOPPED: "stopped at its time limit",
        EndKind.NO_OPTION: "not run: its bounds leave no option",
        EndKind.SEARCH_ALONE: "exhaustive search in exact arithmetic",
        EndKind.ONE_SITE: "one site only: no other site to share with",
    }
)


def ended_words(proof: Proof) -> str:
    """How the solver ended, or why it was not run; and that ties were left, if they were."""
    ended = proof.ended
    if ended.kind == EndKind.SCALE:
        reported = say("not run: {detail}", detail=ended.detail)
    elif ended.kind == EndKind.NOT_BELIEVED:
        reported = say("not used: {detail}", detail=ended.detail)
    elif ended.kind == EndKind.ASKED_AGAIN:
        reported = say(
            "{detail}, after one run was repeated: a better plan had shown that its result was wrong",
            detail=ended.detail,
        )
    elif ended.kind == EndKind.OVER_CEILING:
        reported = say("the smallest possible {detail} is more than its limit", detail=ended.detail)
    else:
        reported = _ENDS.get(ended.kind, ended.detail)
    return say("{text}; {ties_left}", text=reported, ties_left=say(TIES_LEFT)) if proof.ties_open else reported
