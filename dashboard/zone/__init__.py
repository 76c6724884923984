"""The page of a zone's desk: the orders that were sent to it, and its answers."""
