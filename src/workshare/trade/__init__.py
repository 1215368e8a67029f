"""Economies of countries and industries: equilibria under policies, and best policies."""
