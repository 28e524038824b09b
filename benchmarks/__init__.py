"""How fast and how large the portal is: ``make bench``."""
