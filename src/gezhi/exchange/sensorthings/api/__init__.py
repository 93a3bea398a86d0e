"""Requests of one asker, alone and many in one body."""
