"""What several pages use: each a folder with its facts, its script and its styles."""
