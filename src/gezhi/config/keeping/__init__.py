"""Not losing anything: copies of database and files that follow within seconds, restoring, and drills that prove it."""
