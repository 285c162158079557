"""The process that trains. No Qt."""
