"""The form that takes the log along, for admins. Renders; the browser asks the API for the file."""

_FORMS = {
    "turns": "turns: questions, answers, sources, what was said of them",
    "labels": "labels: passages that were shown, and what they are worth",
    "dpo": "dpo: pairs of answers, the better and the worse",
    "kto": "kto: answers, wanted or not",
}


def render_export() -> str:
    """The whole section."""
    options = "".join(f'<option value="{form}">{said}</option>' for form, said in _FORMS.items())
    return f"""<section aria-labelledby="export-title"><h2 id="export-title">Take the log along</h2>
<p>The file holds what <b>everybody</b> asked and was answered, also those who did not agree that others gain from it.
In every row <code>consent</code> says whether it may train what others use; people may change their mind, so take a new
file before you train, and keep it as you keep the database. The download is noted in the audit log.</p>
<form method="get" action="/api/v1/admin/feedback"><div class="fields"><label for="export-format">What
<select id="export-format" name="format">{options}</select></label><label for="export-file">As
<select id="export-file" name="file"><option value="jsonl">JSON lines</option><option value="parquet">Parquet</option>
</select></label></div><p class="controls"><button type="submit">Download</button></p></form></section>"""
