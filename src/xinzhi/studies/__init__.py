"""Studies: each a folder with what it asks, its reckoning, words and charts; every face takes it through `study`."""
