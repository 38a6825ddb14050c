"""The page Map of Evaluate: the last hidden layer of test digits in two dimensions, and the drawing among them.

``page.py`` is the page, ``chart.py`` paints the map, ``geometry.py`` (without Qt) knows where a point is on screen and
which is next to which, ``legend.py`` hides and shows digits, and ``controller.py`` has maps computed in a thread.
"""
