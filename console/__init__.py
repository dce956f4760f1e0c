"""The staff's web application: one module per page."""
