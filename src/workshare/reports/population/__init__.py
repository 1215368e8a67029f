"""What the population engine found, as findings: sentences, figures and tables."""
