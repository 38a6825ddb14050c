"""Evaluate: metrics, confusion matrix, misclassified digits, reliability, accuracy over time.

Imports the shared rooms of `gui` and the core. Never here: another feature, or the metrics (`evaluation`).
"""
