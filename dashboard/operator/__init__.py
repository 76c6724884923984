"""The operator page: the queue, the map and the case of whoever takes alarms."""
