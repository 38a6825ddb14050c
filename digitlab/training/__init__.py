"""Training: the configuration, the compiled step, the training loop and the events it publishes.

Imports `model`, `data` and `system`; Keras and TensorFlow inside functions only. Not here: storing a training (`runs`),
evaluating a trained network (`evaluation`), or Qt.

Keras has the layers, losses and optimizers; the loop is ours. `steps` compiles one step, which turns images of one
byte a pixel into floats; `trainer` calls it batch by batch, in the order in which Keras' `fit` would show them. The
weights equal those of the tutorial's plain script, bit for bit on the machines tried (`python -m
tests.bench.training_choices`; a test holds them to a millionth), in less time and with 400 MB less memory. Python's
batches never go through `fit`: with a `PyDataset`, TensorFlow's threads call Python, and after a stopped training the
process did not end.

`Watcher` turns batch results into events. Snapshots for the screen are taken three times a second; about a hundred,
dense at the beginning, and those at the ends of epochs are kept with the run. Pausing blocks the training thread, so
the optimizer's state is simply kept.
"""
