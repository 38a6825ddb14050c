"""What a batch is made of: warped images, drawings, made-up shapes that are no digit.

NumPy only. Imports `data` and the configuration in `training`. Never here: Keras or TensorFlow.

Each batch is made when it is needed, from the seed, the epoch and its number alone, in the training thread: images
are warped as images, drawings as strokes, and networks with eleven outputs also get shapes that are no digit. It
takes about 19 % of the time of the pen network's step.
"""
