"""The write side: what a claim is, and the log that keeps it.

Start reading at :mod:`ledger.values` (what a claim can say), then :mod:`ledger.events`
(what can happen), :mod:`ledger.codec` (how an event is written down for good) and
:mod:`ledger.log` (how it is appended, read and verified).
"""
