"""The Institute's export, by a command or from a page: the provinces are the map's, the register stands beside the log."""
