"""The answer to one case: the decision, the plan, what else was looked at, and why."""
