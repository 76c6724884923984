"""Vigilance drills on the pages: how one looks like an alarm until it is acknowledged, and who may start one."""
