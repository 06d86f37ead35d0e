"""The picture of the network beside the canvas: what a notebook shows where the canvas cannot be.

The widget alone would leave nothing in a saved notebook. So a picture is a second output of the cell. While
a canvas is alive beside it the style of the canvas hides it (``js/style/keep.css``), so it is seen just
where there is no canvas. It has a display id of its own: a new picture takes the place of the old one, and
the canvas is left alone. A page that was loaded again has lost that id; there JupyterLab's side of blockml
takes care of it (``js/src/lab``).
"""

from __future__ import annotations

import html
import re
import sys
import threading
import uuid
from collections.abc import Callable
from typing import Any

from blockml.carried import put_into
from blockml.picture import Svg
from blockml.widget.draft import Keeper
from blockml.widget.publisher import Publisher

DELAY = 1.0
"""Seconds from the last of several changes to the picture, at most five times as many from the first:
whoever types is not held up by it."""


_LABEL = re.compile(r'aria-label="([^"]*)"')


class StillPicture:
    """The picture in the outputs of a notebook."""

    def __init__(
        self,
        draw: Callable[[], Svg],
        marks: Callable[[], tuple[object, ...]],
        keeper: Keeper,
        hint: Callable[[], str],
    ) -> None:
        """Make a picture that is not shown yet.

        Args:
            draw: Draws it.
            marks: What it is known by; where that is the same, nothing is drawn.
            keeper: Knows the drawing that the notebook carries in it.
            hint: Says how to get from the picture to the canvas.
        """
        self._draw, self._marks, self._keeper, self._hint = draw, marks, keeper, hint
        self._id = uuid.uuid4().hex
        self._shown: tuple[object, ...] | None = None
        self._lock = threading.Lock()
        self.changed = Publisher(self._update, delay=DELAY, longest=5 * DELAY).notify

    def svg(self) -> str:
        """The picture, marked as that of this canvas: a cell may show several."""
        svg = self._draw().replace("<svg ", f'<svg data-canvas="{self._id}" ', 1)
        self._keeper.flush()
        latest = self._keeper.latest
        return svg if latest is None else put_into(svg, latest)

    def _in_words(self, svg: str) -> str:
        """What a page shows that shows no pictures of strangers, as JupyterLab until a cell was run."""
        label = _LABEL.search(svg)
        return f"{html.unescape(label[1])}. {self._hint()}" if label else self._hint()

    def show_after_cell(self) -> bool:
        """Show the picture once the cell has run; ``False`` where no outputs are kept."""
        shell = _shell()
        if shell is None:
            return False

        def show(*_: object) -> None:
            shell.events.unregister("post_run_cell", show)
            self._publish(shell, update=False)

        shell.events.register("post_run_cell", show)
        return True

    def _update(self) -> None:
        shell = _shell()
        if shell is not None and self._shown not in (None, self._marks()):
            self._publish(shell, update=True)

    def _publish(self, shell: Any, *, update: bool) -> None:
        with self._lock:
            self._shown = self._marks()
            svg = self.svg()
            data = {"image/svg+xml": svg, "text/plain": self._in_words(svg)}
            shell.display_pub.publish(data, {}, transient={"display_id": self._id}, update=update)


def _shell() -> Any:
    """The shell of a Jupyter kernel, or ``None``."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    return shell if getattr(shell, "kernel", None) is not None else None
