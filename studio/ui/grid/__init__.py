"""The grid of what a model got most wrong: any number of items, only the visible ones ever looked at."""
