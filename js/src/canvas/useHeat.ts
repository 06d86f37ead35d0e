/** Heat colours on the cards: which share of what the network costs each block has. */

import { amountOf, type Quantity, shadeOf, shareText, totalOf } from "../budget";
import type { AnalysisState } from "../protocol";
import { pathOf, type Scope, stateOf } from "../scope";
import { type CanvasStore, useCanvas } from "../store";

const largest = new WeakMap<AnalysisState, Map<string, number>>();

/** The largest amount of one node in a scope; found once an analysis. */
export function largestIn(canvas: CanvasStore, quantity: Quantity): number {
  const { analysis, scope, view } = canvas;
  if (!analysis) return 0;
  const batch = view.recipe.batch_size;
  const key = `${quantity} ${batch} ${pathOf(scope as Scope, "")}`;
  const known = largest.get(analysis) ?? new Map<string, number>();
  largest.set(analysis, known);
  let found = known.get(key);
  if (found === undefined) {
    const amounts = view.graph.nodes.map((node) =>
      amountOf(analysis, stateOf(canvas, node.id), quantity, batch),
    );
    found = amounts.reduce((most, each) => Math.max(most, each), 0);
    known.set(key, found);
  }
  return found;
}

/** The shade of a card, 0 for none, and what stands on it; `null` while there are no heat colours. */
export function useHeat(id: string): { shade: number; text: string } | null {
  const heat = useCanvas((canvas) => canvas.heat);
  const amount = useCanvas((canvas) =>
    canvas.heat && canvas.analysis
      ? amountOf(canvas.analysis, stateOf(canvas, id), canvas.heat, canvas.view.recipe.batch_size)
      : 0,
  );
  const most = useCanvas((canvas) => (canvas.heat ? largestIn(canvas, canvas.heat) : 0));
  const total = useCanvas((canvas) =>
    canvas.heat && canvas.analysis ? totalOf(canvas.analysis, canvas.heat) : 0,
  );
  if (!heat) return null;
  // The amount stands in the table; beside a name there is room for the share.
  const text = amount > 0 ? shareText(total > 0 ? amount / total : 0) : "";
  return { shade: shadeOf(amount, most), text };
}
