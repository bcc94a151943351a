"""Weights between files, mappings and a graph; the model file. Each module is imported where it is needed: a mapping
needs no files."""
