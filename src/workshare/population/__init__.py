"""A large-population workforce: what can be staffed, at what cost, and who wins and loses."""
