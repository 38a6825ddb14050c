"""What the plots of several panels share: curves as numbers, ranges, axes."""
