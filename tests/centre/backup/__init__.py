"""Backups: made of a desk at work, damaged in every way, restored elsewhere."""
