"""Which scenario bears the uncertain futures better."""
