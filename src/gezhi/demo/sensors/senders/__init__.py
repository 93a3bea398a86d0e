"""The ways by which invented devices speak, each as a device does: it sends again what was not acknowledged."""
