"""Contradictions: how claims stand to each other, and the rules that say so.

The package imports nothing: who asks whether two claims agree (:mod:`.clash`) has no need of
every rule (:mod:`.rules`), and those who ask want their answer at once.
"""

OF_LINKS = ("relay", "stale-relay", "circular")
"""The rules that tell what links make of claims, not what speaks against them."""

OF_REVIEWS = ("review",)
"""The rules that tell what fact checks say of claims, which is no claim against them."""
