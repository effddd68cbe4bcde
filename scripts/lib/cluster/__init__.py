"""Clusters of real processes on this machine: the implementation of scripts/cluster."""
