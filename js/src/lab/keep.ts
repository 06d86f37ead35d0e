/** What JupyterLab does for a canvas that lost its kernel: run its cell, and show its picture instead of an error. */

import type { INotebookTracker } from "@jupyterlab/notebook";
import { NotebookActions } from "@jupyterlab/notebook";

/** The event with which a canvas asks (`js/src/keep/KeepLine.tsx`); prevented where its cell is in a notebook. */
const RUN_CELL = "blockml:run-cell";

/**
 * An output area that holds the picture of a canvas but no canvas shows what to do, not that a model is missing.
 *
 * The node of a widget that was not found holds text and no element; a picture is known by its address.
 */
const STYLE = `
.jp-OutputArea:has(img[src*="blockml-picture"]) .jp-OutputArea-output.jupyter-widgets:not(:has(*)) {
  font-size: 0;
}
.jp-OutputArea:has(img[src*="blockml-picture"]) .jp-OutputArea-output.jupyter-widgets:not(:has(*))::after {
  content: var(--blockml-run-cell);
  color: var(--jp-ui-font-color2);
  font: var(--jp-ui-font-size1) var(--jp-ui-font-family);
}`;

/** Look after the canvases of all notebooks. */
export function keepCanvases(tracker: INotebookTracker, hint: string): void {
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
  document.documentElement.style.setProperty("--blockml-run-cell", JSON.stringify(hint));

  document.addEventListener(RUN_CELL, (event) => {
    const target = event.target as Node;
    const panel = tracker.find((each) => each.node.contains(target));
    const cell = panel?.content.widgets.find((each) => each.node.contains(target));
    if (!panel || !cell) return;
    event.preventDefault();
    if ((event as CustomEvent).detail === "run") {
      void NotebookActions.runCells(panel.content, [cell], panel.sessionContext);
    }
  });
}
