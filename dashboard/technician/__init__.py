"""The bench page: Bluetooth buttons heard live, tried, tested, bound to cases and handed out, for the role `technician`."""
