"""One exercise: a scenario played on its own clock, feed, desk, log and zone dispatch, for trainees who joined by a code."""
