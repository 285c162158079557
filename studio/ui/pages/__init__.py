"""One module per page of the window; each opens alone: `python -m studio.ui.pages.<name>`."""
