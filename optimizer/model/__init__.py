"""The decision as a mixed-integer model, from the options that are left to the arrays that a solver takes.

``programme`` says what a model is built from and ``narrowing`` leaves out what cannot matter; ``statement`` has the
rows of the model, ``in_pyomo`` writes them down in Pyomo and ``filling`` as the arrays that HiGHS takes.
"""
