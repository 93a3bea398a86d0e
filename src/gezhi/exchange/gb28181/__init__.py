"""Alarms of video platforms and devices by GB/T 28181: register, keepalive, alarm. No media, no control."""
