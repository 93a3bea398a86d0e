"""HJ 212 (2005, 2017, 2025): what pollution monitors speak over TCP. Frames in, columns out, 9014 after the commit."""
