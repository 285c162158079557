"""Parts of the start page: where things are dropped, proposals, cards of problems, recent projects."""
