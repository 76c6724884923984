"""The supervisor page: the live floor, always in sight, beside the rooms that plug into it."""
