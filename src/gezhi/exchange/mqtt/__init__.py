"""MQTT 3.1.1 and 5: readings from the city's broker; a message is acknowledged when its readings are committed."""
