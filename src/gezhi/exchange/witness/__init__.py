"""This node as a witness of other logs: c2sp.org/tlog-witness."""
