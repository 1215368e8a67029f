"""Types of equilibria, branches and pushes as findings."""
