"""What to train, as plain data. No torch, no Qt."""
