"""`/devices`: the daily list of devices, to read, to print, and as a file."""
