"""The window of Thaw Studio: Qt lives here and nowhere else. Importing this package loads nothing heavy."""
