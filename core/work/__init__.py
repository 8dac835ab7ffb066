"""The engine's moving parts: the runner that claims and settles, budgets, and the clock."""
