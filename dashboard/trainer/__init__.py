"""The trainer page: recordings, the replay room, scenarios and their editor on the map, the exercise that runs, the debriefs."""
