"""Training runs: curves and snapshots, their files, recording during the training, and the list of runs.

Imports `training` and below. Not here: Keras, TensorFlow, or Qt.
"""
