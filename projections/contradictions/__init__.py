"""Contradictions: how claims stand to each other, and the rules that say so.

The package imports nothing: who asks whether two claims agree (:mod:`.clash`) has no need of
every rule (:mod:`.rules`), and those who ask want their answer at once.
"""
