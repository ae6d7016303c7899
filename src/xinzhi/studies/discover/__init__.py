"""What the futures that miss a target have in common."""
