"""Recordings of a feed: written, and played back."""
