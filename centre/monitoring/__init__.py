"""What an administrator is told of a running centre: events as log lines, metrics."""
