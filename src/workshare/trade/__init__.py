"""Economies of countries and industries: equilibria under policies, and the policies they call for."""
