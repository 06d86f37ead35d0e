/** What JupyterLab does for a canvas that lost its kernel: run its cell, and show its picture instead of an error. */

import type { Cell, CodeCell } from "@jupyterlab/cells";
import { type INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";

/** The event with which a canvas asks (`js/src/keep/KeepLine.tsx`); prevented where its cell is in a notebook. */
const RUN_CELL = "blockml:run-cell";

/** The event with which a canvas hands over its picture (`js/src/keep/still.ts`); empty it only asks. */
const PICTURE = "blockml:picture";

const SVG = "image/svg+xml";
const TEXT = "text/plain";

/** The class of the picture (`blockml/picture.py`). */
const MARK = "blockml-picture";

/**
 * An output area that holds the picture of a canvas but no canvas shows what to do, not that a model is missing.
 *
 * The node of a widget that was not found holds text and no element; a picture is known by its address.
 */
const STYLE = `
.jp-OutputArea img[src*="blockml-picture"] {
  max-width: 100%;
}
.jp-OutputArea:has(img[src*="blockml-picture"]) .jp-OutputArea-output.jupyter-widgets:not(:has(*)) {
  font-size: 0;
}
.jp-OutputArea:has(img[src*="blockml-picture"]) .jp-OutputArea-output.jupyter-widgets:not(:has(*))::after {
  content: var(--blockml-run-cell);
  color: var(--jp-ui-font-color2);
  font: var(--jp-ui-font-size1) var(--jp-ui-font-family);
}`;

/** Whose picture it is (`blockml/widget/still_picture.py`): a cell may show several canvases. */
const OWNER = / data-canvas="\w+"/;

/** Put a picture in the place of the one that a cell has of that canvas; the canvas is left alone. */
function renew(cell: CodeCell, svg: string, hint: string): void {
  const outputs = cell.outputArea.model;
  const owner = OWNER.exec(svg)?.[0];
  if (!owner) return;
  for (let at = 0; at < outputs.length; at += 1) {
    const output = outputs.get(at);
    const old = output.data[SVG];
    if (typeof old !== "string" || !old.includes(MARK) || !old.includes(owner)) continue;
    if (old === svg) return;
    outputs.set(at, { ...output.toJSON(), data: { [SVG]: svg, [TEXT]: `${labelOf(svg)}. ${hint}` } });
    return;
  }
}

/** What the picture shows, in words; the kernel says the same (`blockml/widget/still_picture.py`). */
function labelOf(svg: string): string {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  return drawn.getAttribute("aria-label") ?? "";
}

/** Look after the canvases of all notebooks. */
export function keepCanvases(tracker: INotebookTracker, hint: string): void {
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
  document.documentElement.style.setProperty("--blockml-run-cell", JSON.stringify(hint));

  /** Answer an event of a canvas that stands in a cell of a notebook. */
  const answer = (name: string, act: (panel: NotebookPanel, cell: Cell, wish: unknown) => void): void => {
    document.addEventListener(name, (event) => {
      const target = event.target as Node;
      const panel = tracker.find((each) => each.node.contains(target));
      const cell = panel?.content.widgets.find((each) => each.node.contains(target));
      if (!panel || !cell) return;
      event.preventDefault();
      act(panel, cell, (event as CustomEvent).detail);
    });
  };
  answer(RUN_CELL, (panel, cell, wish) => {
    if (wish === "run") void NotebookActions.runCells(panel.content, [cell], panel.sessionContext);
  });
  answer(PICTURE, (_, cell, svg) => {
    if (cell.model.type === "code" && typeof svg === "string" && svg !== "")
      renew(cell as CodeCell, svg, hint);
  });
}
