"""Recipes that fit retriever, selector and generator; the only place that imports trainers."""
