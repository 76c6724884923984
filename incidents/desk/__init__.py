"""The desk: the only door for commands and for what feeds report."""
