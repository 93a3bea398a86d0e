"""OGC SensorThings 1.1 (18-088) over HTTP: things, what they measure, and every reading."""
