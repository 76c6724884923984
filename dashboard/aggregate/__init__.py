"""The Institute's export, for a supervisor or an auditor to take from a page."""
