"""`/map`: the operator's map alone, in a second window that follows what stands chosen on the operator page."""
