"""Addresses: the nearest of a position, never surer than the fix, and what is found by typing a street, a number, a station."""
