"""Hypothesis without its clock: these tests share the machine with others."""

# Else it is imported within a test, where Python 3.11 may stumble over Hypothesis's look at the collector.
import hypothesis.internal.conjecture.optimiser  # noqa: F401
from hypothesis import settings

settings.register_profile("feeds", deadline=None)
settings.load_profile("feeds")
