"""The commands of the command line; `digitlab.cli` parses the arguments and imports the one it needs.

Imports everything but `gui`. Not here: Qt, or logic that the window needs too.
"""
