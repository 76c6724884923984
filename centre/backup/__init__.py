"""Backups of a centre: made while its desk serves, restored elsewhere, tried (docs/backup.md)."""
