"""Experiments: many runs of one world, or of several on the same dice."""
