"""Applications: from the draft to the decision and after."""
