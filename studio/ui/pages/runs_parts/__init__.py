"""Parts of the page of runs: the table's model, the differences of settings, sample runs."""
