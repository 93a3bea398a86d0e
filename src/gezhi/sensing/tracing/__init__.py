"""Where did it come from: sources in the air and along rivers, with the area in which they may be."""
