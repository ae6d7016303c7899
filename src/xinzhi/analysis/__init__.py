"""Values in, tables out: verdicts, comparisons, accuracy, reality checks. No files, no screens."""
