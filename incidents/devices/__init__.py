"""What is known of each device over the years: its tests, announced and done, its battery, when it was last heard."""
