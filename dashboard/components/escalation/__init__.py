"""What the watch has done with an alarm and what it will do next, as rows and the case panel show it."""
