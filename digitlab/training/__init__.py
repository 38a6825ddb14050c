"""Training: the configuration, the compiled step, the training loop and the events it publishes.

Imports `model`, `data` and `system`; Keras and TensorFlow inside functions only. Not here: storing a training (`runs`),
evaluating a trained network (`evaluation`), or Qt.
"""
