"""What each command of the command line does; `digitlab.cli` reads the arguments and imports the one it needs.

Imports everything but `gui`. Never here: Qt, or logic that the window needs too.
"""
