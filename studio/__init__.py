"""Thaw Studio: train deep-learning models on your own workstation.

The package's map is `studio/README.md`. Importing `studio` imports nothing else.
"""

__version__ = "0.1.0"
