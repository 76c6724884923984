"""What a page shows in the place of an alarm whose case excludes who is before it: a row that says RESERVED, and nothing else."""
