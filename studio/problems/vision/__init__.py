"""What the problem types of photos share: networks, batches, fitting a photo to its size. No problem type."""
