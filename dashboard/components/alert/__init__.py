"""Heard: the sounds, what a hidden page shows, and what a page reports of being seen and heard."""
