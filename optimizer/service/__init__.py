"""What the program can be asked: the register of questions, and how a case is read from what people type."""

from importlib import import_module

from optimizer.service.register import GROUPS, REGISTER, Asked, Parameter, Question

for _name in (
    *(
        "planning",
        "reporting",
        "powering",
        "explaining",
        "comparing",
        "curves",
        "doubt",
        "paths",
        "sharing",
        "checking",
    ),
    *("references", "projects", "gaps"),
):
    import_module(f"{__name__}.{_name}")  # each enters its questions, in the order in which help lists them

__all__ = ["GROUPS", "REGISTER", "Asked", "Parameter", "Question"]
