"""Procedures, one YAML file each: pure, data in, data out."""
