"""Who looked at what: every disclosure of the log as a row, what of them is unusual, and what became of a notice of it."""
