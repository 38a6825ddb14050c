"""Evaluate: metrics, confusion matrix, misclassified digits, reliability, accuracy over time.

Imports the shared rooms of `gui` and the core. Never here: another feature, or the metrics (`evaluation`).

Evaluation uses `insight.batch`, not TensorFlow, so it can run during a training, whose thread owns Keras.
`python -m tests.bench evaluation` measures how long 10,000 images take.
"""
