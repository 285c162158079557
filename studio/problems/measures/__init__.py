"""The metrics that can be told after each epoch, whatever the problem type.

=====================  ================================================================================
`catalogue.py`         every metric: its name in the field, its words, whether more of it is better
`choosing.py`          the field of a recipe that chooses some, and what a choice comes to
`metrics.py`           what computes them, as fastai takes it
`parts.py`             the same metrics as text, for exported scripts
=====================  ================================================================================

To add one: a line in the catalogue, its name among those that a problem type offers (`options.py`), the function that
computes it, and its text for scripts. `tests/problems/test_measures.py` holds function and text together.
"""
