"""Reading what people have: image files, tables, splits, edits, duplicates. No torch, no Qt."""
