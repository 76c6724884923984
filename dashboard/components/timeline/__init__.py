"""One incident as a timeline on the supervisor page: every record, its intervals, and her track, at any moment of it."""
