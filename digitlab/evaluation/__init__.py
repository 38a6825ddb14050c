"""How well a network classifies a set of digits: predictions, confusion matrix, metrics, reliability.

Imports `model` and below; plain functions of outputs and labels. Never here: training, threads, or Qt.
"""
