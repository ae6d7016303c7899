"""Members: draws of what is uncertain, started at the statistics of the base year, and run under any levers."""
