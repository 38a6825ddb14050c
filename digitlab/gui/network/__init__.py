"""The network panel: hyperparameters and the summary table."""
