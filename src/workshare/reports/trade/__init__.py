"""What the trade engine found, as findings: sentences, figures and tables."""
