"""A map of digits: the activations of a network's last hidden layer in two dimensions. Without Qt.

``hidden.py`` computes the activations, ``plane.py`` projects them linearly (PCA), ``tsne.py`` places neighbours beside
each other (t-SNE, by openTSNE), and ``digit_map.py`` makes a map of them that can place a further drawing.
"""
