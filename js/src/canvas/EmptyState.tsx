/** What stands on an empty canvas: the first screen, until somebody puts it away or a block falls. */

import type { ReactElement } from "react";
import { useCanvas } from "../context";
import { Part } from "../parts";

/** The name, among the folds of the page, of the first screen. */
const START = "start";

/** The first screen. Presses beside its buttons go to the canvas behind. */
export function EmptyState(): ReactElement | null {
  const isOpen = useCanvas((canvas) => canvas.folds[START] ?? true);
  if (!isOpen) return null;
  return (
    <div className="bm-start">
      <Part name="first" />
    </div>
  );
}
