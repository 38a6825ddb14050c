"""What a batch is made of: warped images, drawings, made-up shapes that are no digit.

NumPy only. Imports `data` and the configuration in `training`. Never here: Keras or TensorFlow.
"""
