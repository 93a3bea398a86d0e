"""A telecom authority's notices of suspected scam calls: somebody is to be protected, no more is known of them."""
