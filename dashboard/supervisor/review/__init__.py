"""The review beside the floor: response times of the past, every number from one filtered table."""
