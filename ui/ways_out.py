"""Buttons that delete, take out, take back or leave: sharing.js asks first where there is something to ask."""


def render_way_out(identity: str, path: str, asked: str, name: str, label: str = "") -> str:
    """A line with the button alone. All of it is escaped."""
    return f'<p class="controls">{render_delete(identity, path, asked, name, label)}</p>'


def render_delete(identity: str, path: str, asked: str, name: str, label: str = "") -> str:
    """DELETE of what stands at `path`, after the question `asked`; `label` where the name alone says not of what."""
    confirm = f' data-confirm="{asked}"' if asked else ""
    named = f' aria-label="{label}"' if label else ""
    return (
        f'<button type="button" class="danger" id="{identity}" data-send="DELETE" '
        f'data-path="{path}"{confirm}{named}>{name}</button>'
    )
