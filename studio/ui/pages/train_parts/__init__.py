"""Parts of the Train page: the words of its stages, the editor of one, charts, epochs and diagnosis."""
