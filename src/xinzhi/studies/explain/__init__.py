"""What the content says of one variable."""
