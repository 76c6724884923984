"""Evidence files: made by a command or for a page, and each entered in the log."""
