"""Draw digits with their predictions beside a loss curve, with Pillow alone."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SCALE = 2                       # everything is drawn larger, then reduced: smooth lines
WIDTH, HEIGHT = 1200, 640
COLUMNS, ROWS, CELL = 8, 6, 70
INK, GREY, LIGHT, PAPER = "#1d2733", "#7b8794", "#e4e8ec", "#ffffff"
RIGHT, WRONG, LINE, HAZE = "#1a7f4b", "#c62828", "#1f5fbf", "#b9cdee"

Box = tuple[float, float, float, float]


class Canvas:
    """A Pillow image with coordinates in pixels of the final picture."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), PAPER)
        self.drawing = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: float, colour: str = INK,
             anchor: str = "lm") -> None:
        """Write; anchor as Pillow's: l m r, then t m b."""
        font = ImageFont.load_default(size * SCALE)
        self.drawing.text((x * SCALE, y * SCALE), text, colour, font, anchor)

    def line(self, points: list[tuple[float, float]], colour: str, width: float) -> None:
        """A line through the points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.drawing.line(scaled, colour, round(width * SCALE), joint="curve")

    def digit(self, x: float, y: float, pixels: np.ndarray, size: int, colour: str) -> None:
        """A digit, dark on light, in a frame."""
        picture = Image.fromarray(255 - pixels)
        picture = picture.resize((size * SCALE,) * 2, Image.Resampling.BICUBIC)
        self.image.paste(picture, (round(x * SCALE), round(y * SCALE)))
        box = [x * SCALE, y * SCALE, (x + size) * SCALE - 1, (y + size) * SCALE - 1]
        self.drawing.rectangle(box, outline=colour, width=SCALE)

    def save(self, path: Path) -> None:
        """Reduce to the final size and write a PNG."""
        self.image.reduce(SCALE).save(path, optimize=True)


def draw(path: Path, images: np.ndarray, predicted: np.ndarray, truth: np.ndarray,
         losses: list[float], batches: int, title: str) -> None:
    """Write the picture: images (N, 28, 28) uint8, predicted and truth (N,), losses by batch."""
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.text(40, 40, title, 24)
    _digits(canvas, images, predicted, truth)
    _curve(canvas, losses, batches, (690, 128, WIDTH - 40, HEIGHT - 70))
    canvas.save(path)


def _digits(canvas: Canvas, images: np.ndarray, predicted: np.ndarray, truth: np.ndarray) -> None:
    """The first test digits, and in the last rows ones that were taken for others."""
    wrong = np.flatnonzero(predicted != truth)[:2 * COLUMNS]
    right = np.flatnonzero(predicted == truth)[:COLUMNS * ROWS - len(wrong)]
    canvas.text(40, 84, "Test digits and predictions", 16, GREY)
    size = CELL - 22
    for place, i in enumerate([*right, *wrong]):
        x, y = 40 + place % COLUMNS * (CELL + 4), 106 + place // COLUMNS * (CELL + 14)
        is_right = predicted[i] == truth[i]
        colour = RIGHT if is_right else WRONG
        canvas.digit(x, y, images[i], size, LIGHT if is_right else WRONG)
        label = f"{predicted[i]}" if is_right else f"{predicted[i]} (is {truth[i]})"
        canvas.text(x + size / 2, y + size + 12, label, 14, colour, "mm")


def _curve(canvas: Canvas, losses: list[float], batches: int, box: Box) -> None:
    """The training loss on a logarithmic scale: every batch, and a running mean."""
    left, top, right, bottom = box
    values = np.maximum(np.asarray(losses, "float64"), 1e-5)
    smooth = _running_mean(values, max(1, min(batches // 2, len(values))))
    # the haze may leave the frame below: rare batches of almost no loss say little
    low = 10 ** math.floor(math.log10(min(np.percentile(values, 10), smooth.min())))
    high = 10 ** math.ceil(math.log10(values.max()))

    def point(i: float, value: float) -> tuple[float, float]:
        share = math.log10(max(value, low) / low) / math.log10(high / low)
        return left + i / max(len(values) - 1, 1) * (right - left), bottom - share * (bottom - top)

    canvas.text(left - 50, 84, "Training loss (cross-entropy)", 16, GREY)
    _axes(canvas, box, low, high, len(values), batches, point)
    canvas.line([point(i, value) for i, value in enumerate(values)], HAZE, 1)
    canvas.line([point(i, value) for i, value in enumerate(smooth)], LINE, 3)
    canvas.line([(right - 190, top + 14), (right - 162, top + 14)], HAZE, 2)
    canvas.text(right - 154, top + 14, "batch", 14, GREY)
    canvas.line([(right - 100, top + 14), (right - 72, top + 14)], LINE, 3)
    canvas.text(right - 64, top + 14, "mean", 14, GREY)


def _axes(canvas: Canvas, box: Box, low: float, high: float, count: int, batches: int,
          point: object) -> None:
    left, top, right, bottom = box
    assert callable(point)
    decade = low
    while decade <= high * 1.01:
        y = point(0, decade)[1]
        canvas.line([(left, y), (right, y)], LIGHT, 1)
        canvas.text(left - 8, y, f"{decade:g}", 14, GREY, "rm")
        decade *= 10
    epochs = round(count / batches)
    step = max(1, round(epochs / 10))
    for epoch in range(0, epochs + 1, step):
        x = left + epoch / max(epochs, 1) * (right - left)
        canvas.line([(x, bottom), (x, bottom + 5)], GREY, 1)
        canvas.text(x, bottom + 18, str(epoch), 14, GREY, "mm")
    canvas.line([(left, top), (left, bottom), (right, bottom)], GREY, 1)
    canvas.text((left + right) / 2, bottom + 42, "epoch", 14, GREY, "mm")


def _running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of the last `window` values (of fewer at the start)."""
    sums = np.cumsum(np.insert(values, 0, 0))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)
