"""What every page stands on: its channel, its outbox, its template, the clock, the store of its scripts."""
