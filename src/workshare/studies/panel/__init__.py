"""Panels of places: invert to fundamentals, enumerate equilibria, name types, split the change."""
