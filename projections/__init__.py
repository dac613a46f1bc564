"""The read side: pure functions from events to views and reports.

:mod:`projections.rows` turns an event into rows, :mod:`projections.views` keeps them in a file
that can be thrown away, :mod:`projections.judge` finds what contradicts what, one slice at a
time, by the rules in :mod:`projections.contradictions`; :mod:`projections.claims`,
:mod:`projections.provenance` and :mod:`projections.search` answer questions.
"""
