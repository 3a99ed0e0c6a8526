"""How the export rules class a chip, and whether its row of the catalogue agrees with that and with itself.

The tests are those of 15 CFR 774 (ECCN 3A090), held as dated rows in ``data/chip_classes.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from optimizer.domain import Accelerator, ChipClass
from optimizer.domain.rows import PRECISION_BITS
from optimizer.errors import Problem
from optimizer.units.language import say

NO_CLASS = "none"
"""Of a chip that meets no test: the rules do not control it."""


def in_force(first: str, last: str | None, date: str) -> bool:
    """Whether a day is within two others, of which the later may be open (ISO dates: text order is date order)."""
    return first <= date and (last is None or date <= last)


def performance_density(accelerator: Accelerator) -> Decimal | None:
    """TPP per mm2 of logic die; None where the die area is not known."""
    return None if accelerator.die_area_mm2 is None else accelerator.tpp / accelerator.die_area_mm2


def class_test(accelerator: Accelerator, classes: Iterable[ChipClass], date: str) -> ChipClass | None:
    """The test that classes a chip on a date: the first of ``classes`` (ordered by priority) that it meets.

    A density that is not known counts as meeting a test: what cannot be cleared is controlled.
    """
    density = performance_density(accelerator)
    for test in classes:
        if test.vendor and test.vendor != accelerator.vendor:
            continue
        if test.datacenter_marketed is not None and test.datacenter_marketed != accelerator.datacenter_marketed:
            continue
        if test.min_tpp is not None and accelerator.tpp < test.min_tpp:
            continue
        if test.below_tpp is not None and accelerator.tpp >= test.below_tpp:
            continue
        if density is not None:
            if test.min_density is not None and density < test.min_density:
                continue
            if test.below_density is not None and density >= test.below_density:
                continue
        if in_force(test.effective_from, test.effective_to, date):
            return test
    return None


def chip_class(accelerator: Accelerator, classes: Iterable[ChipClass], date: str) -> str:
    """The class of a chip on a date (:func:`class_test`); "none" where no test is met."""
    test = class_test(accelerator, classes, date)
    return NO_CLASS if test is None else test.chip_class


def class_problems(chips: Iterable[Accelerator], classes: Iterable[ChipClass], date: str) -> list[Problem]:
    """Chips whose stated class is not the computed one on a date, or whose TPP is below a peak of their own row.

    TPP is the greatest of dense peak x bits (15 CFR 774, note to 3A090): a precision may be left out of the row, so it
    may are above what the row's peaks give, never below.
    """
    tests = sorted(classes, key=lambda test: (test.priority, test.rule))
    known = {NO_CLASS, *(test.chip_class for test in tests)}
    found = []
    for chip in chips:
        precision, least = max(
            ((name, (chip.peak_tflops(name) or Decimal(0)) * bits) for name, bits in PRECISION_BITS.items()),
            key=lambda peak: peak[1],
        )
        if chip.tpp < least:
            found.append(
                Problem(
                    say("must be at least {least:f} (15 CFR 774, 3A090: dense peak x bits)", least=least),
                    file="accelerators.csv",
                    line=chip.line,
                    column="tpp",
                    value=f"{chip.tpp:f}",
                    remedy=say(
                        "the row of {chip_id} has {least:f} as {precision}_tflops",
                        chip_id=chip.id,
                        least=least / PRECISION_BITS[precision],
                        precision=precision,
                    ),
                )
            )
        test = class_test(chip, tests, date)
        computed = NO_CLASS if test is None else test.chip_class
        if chip.stated_class in known - {computed}:
            density = performance_density(chip)
            shown = "not known" if density is None else f"{density:.2f}"
            figures = f"{test.rule if test else 'no test'}: TPP {chip.tpp:f}, density {shown}"
            found.append(
                Problem(
                    say(
                        "must be the class computed for {date}, {computed} ({figures})",
                        date=date,
                        computed=computed,
                        figures=figures,
                    ),
                    file="accelerators.csv",
                    line=chip.line,
                    column="stated_class",
                    value=chip.stated_class,
                    remedy=say(
                        "correct tpp, die_area_mm2, vendor or datacenter_marketed of {chip_id}, or its stated class",
                        chip_id=chip.id,
                    ),
                )
            )
    return found
