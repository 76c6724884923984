"""Whose alarm an operator's page shows first: the map's centres, what each console covers, which centre nobody hears."""
