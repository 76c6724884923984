"""One day of a Europe of 450 million with 100,000 devices, lived in a fraction of the time on three servers of one log."""
