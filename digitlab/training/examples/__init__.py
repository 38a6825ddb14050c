"""The training examples of a batch: augmented images, drawings, and generated shapes that are not digits.

NumPy only. Imports `data` and the configuration and events in `training`. Not here: Keras or TensorFlow.
"""
