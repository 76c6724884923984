"""The evidence file of an incident, for a supervisor or an auditor to take from a page."""
