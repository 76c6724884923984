"""The evidence file of one incident, for a magistrate: `gather` collects it, `shape` says what is in it, `document` prints it.

docs/evidence.md documents the JSON; `verify.py.txt` is what a stranger checks it with.
"""
