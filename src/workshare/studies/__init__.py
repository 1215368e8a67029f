"""Questions that need several engines: outcomes compared, scenarios, the price of non-coordination."""
