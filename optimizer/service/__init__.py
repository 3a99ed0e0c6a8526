"""What the program can be asked: the register of questions, and how a case is read from what people type."""

from optimizer.service.register import GROUPS, REGISTER, Asked, Parameter, Question

__all__ = ["GROUPS", "REGISTER", "Asked", "Parameter", "Question"]
