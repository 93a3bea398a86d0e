"""The Common Alerting Protocol 1.2 (OASIS, ITU-T X.1303): warnings out as signed-ready XML and a feed, warnings in."""
