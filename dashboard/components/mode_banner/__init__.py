"""What makes a replay's and an exercise's page unmistakable: its frame, its band, its watermark, its title."""
