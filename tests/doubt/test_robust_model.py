"""The programme of a robust plan: against enumeration, and in the range that the solver is trusted with."""

from __future__ import annotations

import random

import pytest

from optimizer.errors import ScaleError
from optimizer.model import robust as model
from optimizer.model.ladders import Group, Ladder
from optimizer.model.standard_form import compile_model
from optimizer.solve import highs


def tall(rng: random.Random) -> dict[int, Ladder]:
    """Ladders of a few options with groups here and there."""
    found = {}
    for option in range(rng.choice([1, 2, 4])):
        levels = rng.choice([1, 2, 5])
        groups = []
        for _ in range(rng.choice([1, 3])):
            first = rng.randrange(levels)
            groups.append(Group(first, rng.randrange(first, levels), rng.choice([1, 2, 5])))
        costs = tuple(float(rng.randrange(90, 130)) for _ in range(levels))
        found[option] = Ladder(tuple(sorted(rng.sample(range(1, 50), levels))), costs, tuple(groups))
    return found


@pytest.mark.parametrize("number", range(60))
def test_the_programme_by_enumeration(number: int) -> None:
    """Every level of every option: the least cost that meets enough scenarios, and the most that can be met."""
    rng = random.Random(number)
    ladders = tall(rng)
    met = {
        (o, i): sum(g.scenarios for g in ladder.groups if g.first <= i <= g.last)
        for o, ladder in ladders.items()
        for i in range(len(ladder.servers))
    }
    needed = rng.choice([1, 3, 6])
    enough = [ladders[o].cost_usd[i] for (o, i), count in met.items() if count >= needed]
    built = model.build(ladders, needed)
    said = highs.solve(built)
    assert said.status == ("optimal" if enough else "infeasible")
    if enough:
        assert said.objective / built.objective_factor + model.constant_usd(ladders) == pytest.approx(min(enough))
        assert ladders[(at := model.read_choice(ladders, said.values))[0]].cost_usd[at[1]] == min(enough)
    most = model.build(ladders, None)
    assert -highs.solve(most).objective / most.objective_factor == pytest.approx(max(met.values()))


def test_by_hand() -> None:
    """One option with levels at 2, 3 and 5 servers, costing 100, 130 and 110; 4 scenarios on the first two levels, 3 on
    the last two. All 7 on the second alone, 130; 3 are cheapest at 100 with the 4 of the first level."""
    ladders = {7: Ladder((2, 3, 5), (100.0, 130.0, 110.0), (Group(0, 1, 4), Group(1, 2, 3)))}
    for needed, level, cost in ((7, 1, 130), (4, 0, 100), (3, 0, 100)):
        built = model.build(ladders, needed)
        said = highs.solve(built)
        assert model.read_choice(ladders, said.values) == (7, level)
        assert said.objective / built.objective_factor + model.constant_usd(ladders) == pytest.approx(cost)
    assert highs.solve(model.build(ladders, 8)).status == "infeasible"


def test_rows_are_scaled_and_costs_are_told_apart() -> None:
    """Of 10 million dollars only the difference is in the objective, and no coefficient leaves 1e-4 .. 1e4; a cent
    beside 10 million is refused, where the search then stands alone."""
    near = {0: Ladder((2, 3), (10_000_000.0, 10_004_000.0), (Group(0, 1, 1_000),))}
    arrays = compile_model(model.build(near, 900))
    sizes = [abs(c) for c in (*arrays.coefficients, *arrays.cost) if c]
    assert min(sizes) >= 1e-4 and max(sizes) <= 1e4 and len([c for c in arrays.cost if c]) == 1
    far = {0: Ladder((2, 3), (0.0, 1e7), (Group(0, 1, 1),)), 1: Ladder((2, 3), (0.001, 0.002), (Group(0, 1, 1),))}
    with pytest.raises(ScaleError):
        model.build(far, 1)
