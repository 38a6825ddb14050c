"""How each measure of a lesson is computed from a scene; the first line of each docstring explains it to authors.

The parameters of these functions are those that authors write: a layer by its name, everything else as whole numbers,
counted from 0. Nothing here knows the window; like all of ``lessons``, it imports no Qt.
"""
