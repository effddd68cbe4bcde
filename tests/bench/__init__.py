"""Measures our targets side by side with Redis: the implementation of scripts/bench."""
