"""The servers that an option may be made of: whole ones, or a machine smaller than a server.

No network joins several such machines, so the whole run is in one. Most runs that a country plans fit in none, and
their options are not made longer by them.
"""

from __future__ import annotations

from optimizer.case.rents import rent_of, terms_of_hire
from optimizer.case.setting import Setting
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import FROM_SCRATCH, Accelerator, Machine, Procurement, SizeBracket
from optimizer.domain.option import MACHINE
from optimizer.options.option import Hardware
from optimizer.options.performance import memory_needed_gb, work_pflops_days
from optimizer.units import MAX_DEADLINE_DAYS, TFLOPS_PER_PFLOPS

HAIR = 1e-9
"""Share by which a float may be off: what fits exactly must not be left out."""
Size = tuple[SizeBracket, Hardware, str]
"""A size bracket, the server in it, and the terms on which it is hired."""


def hardware_of(setting: Setting, accelerator: Accelerator, machine: int = 0) -> Hardware | None:
    """The server of an accelerator: the assumption set's, else its own; None where size or power is not known.

    Args:
        machine: devices of a machine smaller than it, of which the figures are meant.
    """
    override = setting.catalogue.overrides.get((setting.assumptions.id, accelerator.id))
    if override is not None:
        return Hardware(
            override.server_devices,
            float(override.server_peak_kw),
            float(override.server_peak_kw),
            float(override.unit_price_usd),
            override.price_scope,
        )
    if accelerator.server_devices is None or accelerator.server_peak_kw is None:
        return None
    price = None if accelerator.unit_price_usd is None else float(accelerator.unit_price_usd)
    if machine:
        rated = float(setting.catalogue.machines[accelerator.id, machine].server_peak_kw)
        return Hardware(machine, rated, rated, price, accelerator.price_scope)
    rated = float(accelerator.server_peak_kw)
    electrical = float(accelerator.server_electrical_kw or rated)
    return Hardware(accelerator.server_devices, rated, electrical, price, accelerator.price_scope)


def whole_sizes(setting: Setting, accelerator: Accelerator, procurement: Procurement, hardware: Hardware) -> list[Size]:
    """Every range of clusters of whole servers."""
    terms = hired_on(setting, accelerator.id) if procurement == "rent" else ("",)
    return [(bracket, hardware, on) for bracket in setting.catalogue.brackets[setting.assumptions.id] for on in terms]


def machine_sizes(setting: Setting, accelerator: Accelerator, procurement: Procurement) -> list[Size]:
    """Every machine smaller than a server that the run may fit in, and that can be had in this way."""
    found: list[Size] = []
    for row in machines_of(setting):
        if row.accelerator != accelerator.id:
            continue
        name = f"{MACHINE}{row.devices}"
        hired = procurement == "rent"
        had = rent_of(setting, accelerator.id, name) is not None if hired else row.sold or procurement == "own"
        server = hardware_of(setting, accelerator, row.devices)
        if had and server is not None:
            found.append((setting.catalogue.bracket(setting.assumptions.id, name), server, name if hired else ""))
    return found


def hired_on(setting: Setting, accelerator: str) -> tuple[str, ...]:
    """The terms on which whole servers of an accelerator can be hired in the country of a case."""
    return tuple(on for on in terms_of_hire(setting, accelerator) if rent_of(setting, accelerator, on) is not None)


def machines_of(setting: Setting) -> tuple[Machine, ...]:
    """The machines that a run may fit in, whatever its deadline and whatever an uncertain figure is: the weights that
    are stored fit in the memory, and, of a model that is trained from scratch, the work could be done in the longest
    run there is at the full peak."""
    known = setting.catalogue.machines
    if not known:
        return ()
    stored = setting.way.frozen_bytes_per_parameter
    each = setting.number("training_bytes_per_parameter") if stored is None else float(stored)
    memory = memory_needed_gb(float(setting.workload.params_total_b), each) * (1 - HAIR)
    work = 0.0
    if setting.way.id == FROM_SCRATCH:
        work = work_pflops_days(float(setting.training_flop)) / MAX_DEADLINE_DAYS
    return tuple(row for row, gb, pflops in _measured(setting) if gb >= memory and pflops >= work)


def _measured(setting: Setting) -> tuple[tuple[Machine, float, float], ...]:
    """Every machine whose accelerator the set of assumptions does not replace, with its memory and its highest peak."""
    catalogue, at = setting.catalogue, setting.assumptions.id

    def made() -> tuple[tuple[Machine, float, float], ...]:
        found = []
        for (name, _), row in catalogue.machines.items():
            chip = catalogue.accelerators[name]
            peaks = (chip.fp16_tflops, chip.bf16_tflops, chip.fp8_tflops, chip.nvfp4_tflops)
            if (at, name) not in catalogue.overrides:
                peak = max(float(peak or 0) for peak in peaks) / TFLOPS_PER_PFLOPS
                found.append((row, row.devices * float(chip.memory_gb), row.devices * peak))
        return tuple(found)

    return get_or_make(catalogue.cache, ("machines", at), made)
