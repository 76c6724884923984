"""Streets, rail and water as lines to draw: read from any file of lines, cut into cells by scale, given a cell at a time."""
