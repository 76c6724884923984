"""Response times from incidents: one table of one row an incident, and every number computed from a selection of it.

`shape` says what the table's columns, the intervals, the profiles and a report are; everything else computes them.
"""
