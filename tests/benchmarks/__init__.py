"""Benchmarks: ``python -m tests.benchmarks`` from the top of the repository measures and prints all of them.

Every pair is measured in turn (A B A B) in one run, so that what else the machine does falls on both alike; a table
gives medians with the least and the most. Ratios are the result; times are those of the machine that is named.
"""
