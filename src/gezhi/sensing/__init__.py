"""Things, datastreams and events of the city, and what follows from them."""
