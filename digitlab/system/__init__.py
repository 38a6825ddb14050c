"""System services: errors, folders and locks, SQLite files, settings, the log, shipped assets, threads.

Imports nothing else of DigitLab. Not here: anything specific to digits or networks.
"""
