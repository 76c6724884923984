"""The list of devices: made, entered in the log, and the command that writes it to a file."""
