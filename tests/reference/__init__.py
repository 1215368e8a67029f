"""A slow, independent route to the regional optimum, random regions, and markets solved by hand."""
