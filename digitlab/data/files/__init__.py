"""Reading and writing files of digits: drawings, pictures, MNIST, downloads.

Every file is validated, within limits on its size. Imports `system` and the rest of `data`.
Not here: networks and runs (`model.files` and `runs`).
"""
