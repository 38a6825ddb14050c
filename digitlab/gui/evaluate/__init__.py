"""Evaluate: how right the network is, and how far its sureness can be trusted."""
