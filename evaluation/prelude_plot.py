"""Cost per 20 rounds as a PNG, one panel a task and one line a learner. Draws what it is given and computes nothing."""

from pathlib import Path

from evaluation.prelude_report import STRETCH, Curves

_WIDTH, _HEIGHT, _LEFT, _TOP, _LEGEND = 460, 320, 56, 40, 150
_COLOURS = ("#444444", "#2a9d3a", "#1f77b4", "#17becf", "#ff7f0e", "#9467bd", "#8c564b", "#e377c2", "#d62728")


def plot(curves: Curves, path: Path) -> None:
    """Write the picture. Pillow draws it: it is there for the pages anyway, a plotting library would not be."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (_WIDTH * len(curves) + _LEGEND, _HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    learners = list(dict.fromkeys(name for panel in curves.values() for name in panel))
    colours = {name: _COLOURS[at % len(_COLOURS)] for at, name in enumerate(learners)}
    for at, (task, panel) in enumerate(curves.items()):
        left, right, bottom = at * _WIDTH + _LEFT, (at + 1) * _WIDTH - 20, _HEIGHT - 44
        highest = max((point for points in panel.values() for point in points), default=0) or 1
        pen.text((left, 12), f"{task}: edit cost per {STRETCH} rounds", fill="black")
        pen.line([(left, _TOP), (left, bottom), (right, bottom)], fill="black")
        for share in (0, 0.5, 1):
            height = bottom - share * (bottom - _TOP)
            pen.text((left - 44, height - 6), f"{highest * share:.0f}", fill="black")
            pen.line([(left - 4, height), (left, height)], fill="black")
        for name, points in panel.items():
            step = (right - left) / max(1, len(points))
            dots = [
                (left + step * (turn + 0.5), bottom - point / highest * (bottom - _TOP))
                for turn, point in enumerate(points)
            ]
            pen.line(dots, fill=colours[name], width=2)
            for turn, (x, y) in enumerate(dots, 1):
                pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=colours[name])
                pen.text((x - 8, bottom + 8), str(turn * STRETCH), fill="black")
    for row, name in enumerate(learners):
        pen.rectangle(
            (_WIDTH * len(curves), _TOP + row * 20, _WIDTH * len(curves) + 14, _TOP + row * 20 + 8), colours[name]
        )
        pen.text((_WIDTH * len(curves) + 22, _TOP + row * 20 - 2), name, fill="black")
    image.save(path)
