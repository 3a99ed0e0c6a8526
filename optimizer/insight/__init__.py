"""What is asked once there is an answer: what else, at what cost, and what would have to give."""

from optimizer.insight.answer import Answer, answer
from optimizer.insight.beside import Alternative, Binding, Cloud
from optimizer.insight.concessions import Concession

__all__ = ["Alternative", "Answer", "Binding", "Cloud", "Concession", "answer"]
