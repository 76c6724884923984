"""The intervention orders on their way to a zone's dispatch, and a fictional dispatch."""
