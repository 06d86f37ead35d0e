"""Digits as people draw them with a mouse: strokes on a sheet of 100 by 100, and the sheet as a picture."""

import random

from PIL import Image, ImageDraw

STROKES = {
    "0": [
        "50,12 30,20 22,50 30,80 50,88 70,80 78,50 70,20 50,12",
        "62,14 40,12 28,30 24,55 32,80 52,86 70,74 76,48 70,26 58,14",
        "45,20 32,34 30,60 42,78 58,78 68,60 66,36 54,20 46,22",
    ],
    "1": ["50,10 50,90", "34,28 52,12 52,88", "36,30 50,12 50,88|32,88 70,88", "58,12 46,88"],
    "2": [
        "26,30 34,16 52,12 70,20 72,38 58,56 38,72 26,88 50,86 78,88",
        "24,26 40,12 62,14 70,30 62,50 40,70 24,84 34,76 52,82 76,86",
        "30,24 50,14 68,26 64,46 28,86 74,86",
    ],
    "3": [
        "28,20 48,12 68,20 68,36 48,46 70,56 72,76 50,88 26,80",
        "26,14 70,14 48,42 68,52 72,70 58,86 28,84",
        "30,18 54,14 64,26 56,42 40,46 60,52 68,68 56,84 28,82",
    ],
    "4": [
        "60,12 26,62 78,62|62,12 62,90",
        "30,14 26,50 72,50|66,16 66,88",
        "56,12 24,58 76,58|58,36 58,90",
        "64,88 64,12 24,60 80,60",
    ],
    "5": [
        "70,14 34,14 30,46 52,42 70,54 70,74 52,88 28,80",
        "34,14 32,46 54,44 70,58 66,78 46,88 28,82|34,14 72,14",
        "68,16 36,16 34,44 58,46 68,64 56,84 30,84",
    ],
    "6": [
        "66,14 42,28 28,54 30,78 50,88 70,78 70,60 52,50 32,62",
        "58,10 38,34 28,64 40,86 62,84 68,66 54,54 34,64",
        "70,18 50,14 34,36 28,66 44,86 66,78 66,60 48,52 32,64",
    ],
    "7": [
        "24,16 76,16 46,90",
        "24,16 74,16 56,50 46,88|36,52 68,52",
        "28,26 28,16 74,14 60,44 48,88",
        "26,18 74,18 40,88",
    ],
    "8": [
        "66,24 50,12 34,22 38,40 60,54 70,72 52,88 32,76 40,56 62,40 68,24",
        "50,48 34,36 36,18 52,12 66,22 62,40 50,48 34,60 32,78 50,88 68,78 66,58 50,48",
        "64,20 44,12 34,26 48,44 66,60 66,80 46,88 32,74 44,52 64,34 64,20",
    ],
    "9": [
        "68,30 52,14 34,22 32,42 50,50 68,38 70,26 68,88",
        "66,26 48,14 32,28 38,46 58,46 68,28 64,60 50,88",
        "68,36 62,16 42,14 32,32 42,48 60,44 68,24 68,60 60,84 38,86",
    ],
}
"""Ways to draw each digit: strokes apart by ``|``, points by blanks."""


def points(stroke):
    """The points of a stroke, more of them and rounder, as a hand makes them (Catmull-Rom)."""
    found = [tuple(map(float, point.split(","))) for point in stroke.split()]
    if len(found) < 4:
        return found
    made = []
    ends = [found[0], *found, found[-1]]
    for at in range(1, len(ends) - 2):
        before, here, after, beyond = ends[at - 1 : at + 3]
        for step in range(6):
            share = step / 6
            made.append(
                tuple(
                    0.5
                    * (
                        2 * q
                        + (r - p) * share
                        + (2 * p - 5 * q + 4 * r - s) * share**2
                        + (3 * q - p - 3 * r + s) * share**3
                    )
                    for p, q, r, s in zip(before, here, after, beyond, strict=True)
                )
            )
    return [*made, found[-1]]


def hand(seed):
    """A hand of its own: how large it draws, where, how slanted, how shaky, and with which pen."""
    draw = random.Random(seed)
    size = draw.uniform(0.45, 1.0)
    return {
        "size": size,
        "left": draw.uniform(0, 1 - size),
        "top": draw.uniform(0, 1 - size),
        "slant": draw.uniform(-0.15, 0.25),
        "shake": draw.uniform(0, 1.5),
        "wide": draw.uniform(0.85, 1.1),
        "pen": draw.choice((10, 14, 18, 22)),
        "random": draw,
    }


def sheet(drawing, seed, side=280):
    """A drawing on white paper, dark ink, as the drawing field of the canvas sends it."""
    how = hand(seed)
    picture = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(picture)
    width = how["pen"]
    for stroke in drawing.split("|"):
        line = []
        for x, y in points(stroke):
            shaken = [each + how["random"].gauss(0, how["shake"]) for each in (x, y)]
            across = 50 + (shaken[0] - 50) * how["wide"] - (shaken[1] - 50) * how["slant"]
            at = (how["left"] + how["size"] * across / 100, how["top"] + how["size"] * shaken[1] / 100)
            line.append((at[0] * side, at[1] * side))
        pen.line(line, fill=20, width=width, joint="curve")
        for x, y in line:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=20)
    return picture


def right(predict, hands=4):
    """How many of the drawings are read rightly by ``predict``, how many there are, and the others."""
    wrong, count = [], 0
    for label, drawings in STROKES.items():
        for at, drawing in enumerate(drawings):
            for seed in range(hands):
                count += 1
                found = predict(sheet(drawing, 100 * at + seed))
                if found != label:
                    wrong.append((label, at, seed, found))
    return count - len(wrong), count, wrong
