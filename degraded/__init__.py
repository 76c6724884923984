"""The degraded-mode file on disk, and the commands that open it."""
