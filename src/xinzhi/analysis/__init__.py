"""Values in, tables out: verdicts, comparisons, hindcasts, reality checks. No files, no screens."""
