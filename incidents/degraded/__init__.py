"""The degraded-mode file: what a supervisor needs to go on by telephone, radio and paper when nothing else works."""
