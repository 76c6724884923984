"""The alarm queue: what a row says of an incident or a technical alarm, and how it is drawn."""
