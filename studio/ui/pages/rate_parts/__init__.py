"""Parts of the Rate page: what it shows, its stage chooser, its typed values."""
