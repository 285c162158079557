"""Parts of the Results page: the score and what it is worth, the table of classes, the items of a number."""
