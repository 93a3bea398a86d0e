"""Readings of the past from files: CSV, Parquet, XLSX, JSONL."""
