"""Who is on shift, and what their screens painted."""
