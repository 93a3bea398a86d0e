"""Signing in: how often one may try, second factors, sessions, the city's identity provider."""
