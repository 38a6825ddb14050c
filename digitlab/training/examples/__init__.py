"""The training examples of a batch: augmented images, drawings, and generated shapes that are not digits.

NumPy only. Imports `data` and the configuration and events in `training`. Not here: Keras or TensorFlow.

Each batch is made when it is needed, from the seed, the epoch and its number alone, in the training thread: images
are warped as images, drawings as strokes, and networks with eleven outputs also get shapes that are no digit. It
takes about 19 % of the time of the pen network's step.
"""
