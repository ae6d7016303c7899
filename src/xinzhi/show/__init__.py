"""Words, numbers, charts and files that a person reads, in Chinese and in English."""
