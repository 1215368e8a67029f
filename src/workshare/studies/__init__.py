"""Questions that need several engines: outcomes compared, scenarios, what acting alone costs."""
