"""A cluster's life in two minutes: real data, a dead primary, and nothing lost."""
