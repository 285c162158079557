"""Parts of the Ship page: trying the model on new items, and the export cards with their proof."""
