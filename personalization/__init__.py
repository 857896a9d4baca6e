"""Edits to preferences to instructions. Pure but for its own ports; knows nothing of SQL, HTTP or retrieval."""
