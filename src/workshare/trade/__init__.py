"""Economies of countries and industries: their equilibria under policies, and best policies."""
