"""Batches, made quickly: tables cut as tensors, photos decoded in threads, kept small on disk, augmented together.

Everything here stands in for a part of fastai's loaders and gives what they give; `Training.exact` goes without it.
Imports torch: for the engine only. No Qt.
"""
