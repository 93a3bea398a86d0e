"""From a notice to a dissuasion, and forgetting it."""
