"""Where it is entered in the centre's log that a recording was made: a desk enters what is noted beside its log."""

NOTED = "recording"
STREAM = "desk/recordings"
