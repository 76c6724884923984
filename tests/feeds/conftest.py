"""Hypothesis without its clock: these tests share the machine with others."""

from hypothesis import settings

settings.register_profile("feeds", deadline=None)
settings.load_profile("feeds")
