"""Training: the configuration, the compiled step, the loop, and the frozen events it publishes.

Imports `model`, `data` and `system`; Keras and TensorFlow inside functions. Never here: what is kept of a training
(`runs`), evaluation of a trained network (`evaluation`), or Qt.
"""
