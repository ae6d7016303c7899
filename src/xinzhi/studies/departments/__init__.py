"""Who answers for what, and whose levers matter for whose targets."""
