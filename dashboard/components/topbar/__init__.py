"""The top bar: the health of feeds, log and cases, sound, who is on shift, the clock."""
