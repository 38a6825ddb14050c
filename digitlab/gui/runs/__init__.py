"""The runs panel: what was trained here, and as many curves on one plot as one likes."""
