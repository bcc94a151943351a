"""What kinds of layers are defined on."""

POSITIVE = ("Log", "Power")
"""Kinds that give NaN for what is negative."""
