"""Reading and writing files of digits: drawings, pictures, MNIST, downloads.

Every file is checked at the door, under limits. Imports `system` and its neighbours in `data`.
Never here: networks and runs, which have `model.files` and `runs`.
"""
