"""Waiting: never more than the cap and its jitter, at least what HQ asked for, spread when the network is back."""
