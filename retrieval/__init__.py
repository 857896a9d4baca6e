"""Documents to passages to hits to a selection. Knows nothing of people's tastes, SQL or HTTP."""
