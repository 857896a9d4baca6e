"""Gradio pages. Knows app/schemas.py and HTTP, nothing else."""
