"""The page in the browser: page.py reads top to bottom, every other module is one part of it."""
