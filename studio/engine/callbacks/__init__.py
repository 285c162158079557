"""What the studio adds to fastai's loop: one small callback a module, in the order they run after a batch.

========== ===== ===================================================================
module     order does
========== ===== ===================================================================
`resume`   -50   skips to a checkpoint, then puts every state back (ends at order 100)
`follow`   -40   keeps count of where the run is
`guard`    65    notices a loss that is no number, before it spoils the weights
`tell`     70    turns batches and epochs into events
`spare`    72    tells which items broke and were replaced
`show`     75    answers for the same few validation items after every epoch
`keep`     80    writes checkpoints
`stop`     90    pauses and stops; the only one that ends a fit
========== ===== ===================================================================

They end a fit by `CancelFitException` alone, and only in `after_batch`. No Qt.
"""
