"""The ground everything stands on: errors, folders and locks, SQLite files, settings, the log, shipped assets, threads.

Imports nothing of DigitLab. Never here: anything that knows what a digit or a network is.
"""
