"""Systems of equations with several solutions: find them, certify, classify and follow them."""
