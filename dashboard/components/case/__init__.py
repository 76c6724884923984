"""The case panel: the selected incident with the circumstances of its case and its history."""
