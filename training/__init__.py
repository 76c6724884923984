"""The training room: recordings, replays and exercises, each on its own log and clock, in a process of its own."""
