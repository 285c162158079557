"""Parts of the Clean page: which items are shown, one item in large, the bar that says what will happen."""
