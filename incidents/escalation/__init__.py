"""What must happen when nobody does anything: the ladder of an alarm and the watch that climbs it."""
