"""How sure an answer is: what is uncertain, what each doubt does, how often a choice holds, which choice is robust.

``inputs`` says what is uncertain, ``distribution`` draws values, ``tornado`` moves one input at a time, ``monte_carlo``
all of them, and ``robust`` chooses what holds in a share of the scenarios.
"""
