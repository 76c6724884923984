"""Geography: Belgium's police zones, where a position lies in them, and shapes to draw."""
