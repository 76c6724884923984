"""Vigilance drills: proposed by a trainer, confirmed by a supervisor, never an incident (docs/drills.md)."""
