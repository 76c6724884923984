"""Retention: what is over is erased, each night by a desk whose times are confirmed, or by the command (docs/retention.md)."""
