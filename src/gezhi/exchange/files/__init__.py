"""Files of reports: CSV, XLSX, JSONL, with a mapping, through the one intake door."""
