"""How long things are kept: the times, what holds an incident by itself or by hand, and what is over. Pure; docs/retention.md."""
