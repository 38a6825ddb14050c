"""Training a network in Keras and keeping what happened: events, runs and evaluations."""
