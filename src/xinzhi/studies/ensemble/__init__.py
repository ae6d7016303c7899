"""Scenarios run with many futures, into a folder of Parquet files."""
