"""Benchmarks: each prints ratios side by side from one run, since machines are noisy. None of them is a test.

`make bench` runs all, `python -m tests.bench NAME ...` some. To add one: a module here with `TITLE` and
`run() -> list[Row]`, and its name in `BENCHES` of `__main__.py`.
"""
