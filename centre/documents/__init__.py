"""What a centre makes to be printed, carried or sent: made from the log, and entered in it before anybody has it."""
