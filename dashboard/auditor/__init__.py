"""The auditor page: who looked at what, what of it is unusual, and whether the log is what was written."""
