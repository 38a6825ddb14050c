"""Starting and ending: the application, deferred start-up, garbage collection, the demo.

Imports everything. Nobody imports it but the command line.
"""
