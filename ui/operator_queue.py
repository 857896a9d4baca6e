"""Passages that wait for an operator's word, one card each. Renders; operator.js sends what is pressed."""

from app.schemas_training import AnnotationQueuePublic, QueuedPassage
from ui.markup import esc, plural

_WHY = {
    "disagreement": "people, models and the selector disagree",
    "conflict": "people contradict each other",
    "threshold": "a close call of the selector",
    "traffic": "shown often",
}
_SAID = {"helps": "Helps", "not_relevant": "Not relevant", "wrong": "Wrong", "skip": "Skip"}
_EMPTY = """<div class="empty"><p><b>Nothing waits.</b> Passages come here that are worth a look: people disagree
about them,
or the selector is not sure and they are shown often. They come from questions of people who agreed that what they do
may
train what others use: whoever wants to says so under <a href="/about-me">About me</a>.</p></div>"""


def render_queue(queue: AnnotationQueuePublic) -> str:
    """The page below its heading."""
    if not queue.items:
        return _EMPTY
    cards = "".join(map(_card, queue.items))
    return (
        f'<p class="muted">{plural(queue.waiting, "passage")} waiting, of {queue.looked_at:,} that were shown lately. '
        "Your word becomes a label that selector and retriever are trained on. Keys on a card: <kbd>1</kbd> helps, "
        f"<kbd>2</kbd> not relevant, <kbd>3</kbd> wrong, <kbd>0</kbd> skip.</p><ol class='cards queue'>{cards}</ol>"
    )


def _card(item: QueuedPassage) -> str:
    place = " · ".join(
        str(part) for part in (item.document_name, f"page {item.page}" if item.page else None, item.heading) if part
    )
    buttons = "".join(
        f'<button type="button" data-label="{said}" data-exposure="{esc(item.exposure_id)}">{word}</button>'
        for said, word in _SAID.items()
    )
    label = esc(f"x-{item.exposure_id}")
    return f"""<li class="card" tabindex="-1" aria-labelledby="{label}"><h2 id="{label}">{esc(item.question)}</h2>
<p class="chips">{_chips(item)}</p><p class="muted">{esc(place)}</p>
<blockquote class="passage">{esc(item.text)}</blockquote>
<p class="controls">{buttons}</p><p class="problem" role="alert" hidden></p></li>"""


def _chips(item: QueuedPassage) -> str:
    chips = [_WHY[why] for why in item.why]
    chips += [f"{verdict.replace('_', ' ')} {count}" for verdict, count in item.verdicts.items()]
    chips += [f"selector {item.utility:.2f}"] if item.utility is not None else []
    chips += [f"label {label:.2f}" for label in item.labels]
    chips += ["cited" if item.cited else "selected" if item.selected else "not used", f"shown {item.shown:,} times"]
    return "".join(f"<span>{esc(chip)}</span>" for chip in chips)
