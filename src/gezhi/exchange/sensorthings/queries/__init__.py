"""Entities as they stand in the database."""
