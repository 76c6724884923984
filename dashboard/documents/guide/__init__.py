"""The sheets for users."""
