"""The help center: articles that explain the portal and the company's rules."""
