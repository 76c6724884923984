"""Every wire in and out of Vigie: the alarm feed, recordings of it, and the orders to the zones."""
