"""Tests of who looked at what, and what of it is unusual."""
