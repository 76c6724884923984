"""Devices on a page: the calendar of tests, the daily list, the form that announces a test."""
