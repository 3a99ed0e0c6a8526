"""What is asked once there is an answer: what else, at what cost, and what would have to give."""

from optimizer.insight.full_answer import Answer, answer
from optimizer.insight.neighbours import Alternative, Binding, Cloud

__all__ = ["Alternative", "Answer", "Binding", "Cloud", "answer"]
