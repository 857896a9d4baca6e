"""Metrics and suites shared by the promotion gate, CI and the published numbers."""
