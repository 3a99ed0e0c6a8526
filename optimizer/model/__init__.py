"""The decision as a mixed-integer model, from the options that are left to the arrays that a solver takes.

``programme`` says what a model is built from and ``narrowing`` leaves out what cannot matter; ``statement`` states the
model in Pyomo, ``compiled`` turns that statement into arrays, and ``filling`` fills the very same arrays directly.
"""
