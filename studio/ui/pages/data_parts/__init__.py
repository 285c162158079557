"""Parts of the Data page: its fields, its samples, its findings."""
