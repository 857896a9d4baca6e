"""How the pages look: gradio's theme variables, the style sheet and the script, all served from this machine."""

from pathlib import Path

import gradio as gr

ASSETS = Path(__file__).parent / "assets"
# Linked, not handed to gradio: it would rewrite every selector to reach below its own container only.
_CHAT = ("attune", "comparison", "conversations", "diff", "print", "siblings", "tour", "votes")
_STYLES = (*_CHAT, "marks", "scope", "suggestions")
HEAD = "".join(f'<link rel="stylesheet" href="/ui/{name}.css">' for name in _STYLES)
# Loaded by every panel that needs them; gradio loads one address once and waits for it before a panel's own script.
_BASE = ("attune", "drafts", "pieces", "copying", "listing", "documents", "sources", "uploads")
_SCRIPTS = (*_BASE, "conversations", "difference", "edits", "siblings", "votes", "marks", "suggestions", "keys", "tour")
_ADDRESSES = ("/words.js", *(f"/ui/{name}.js" for name in _SCRIPTS))
SCRIPT = "".join(f'<script src="{address}"></script>' for address in _ADDRESSES)

_FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
_MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Neutral surfaces and one accent; fonts of the system only, so that no page asks a stranger for one."""
    return gr.themes.Base(
        primary_hue="teal", secondary_hue="teal", neutral_hue="stone", font=_FONT, font_mono=_MONO, text_size="md"
    ).set(
        body_background_fill="var(--at-ground)",
        body_background_fill_dark="var(--at-ground)",
        body_text_color="var(--at-ink)",
        body_text_color_dark="var(--at-ink)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        input_background_fill="transparent",
        input_background_fill_dark="transparent",
        input_border_width="0px",
        input_shadow="none",
        input_shadow_focus="none",
        button_large_radius="10px",
        layout_gap="0px",
    )
