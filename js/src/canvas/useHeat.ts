/** Heat colours on the cards: which share of what the network costs each block has. */

import { amountOf, type Quantity, shadeOf, shareText, totalOf } from "../budget";
import { useCanvas } from "../context";
import type { AnalysisState } from "../protocol";
import { pathOf, type Scope, stateOf } from "../scope";
import type { CanvasStore } from "../store";

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
  // As one text, because two objects are never the same.
  const found = useCanvas((canvas) => {
    const { analysis, heat } = canvas;
    if (!heat) return null;
    if (!analysis) return "0 ";
    const amount = amountOf(analysis, stateOf(canvas, id), heat, canvas.view.recipe.batch_size);
    const total = totalOf(analysis, heat);
    // The amount stands in the table; beside a name there is room for the share.
    const text = amount > 0 ? shareText(total > 0 ? amount / total : 0) : "";
    return `${shadeOf(amount, largestIn(canvas, heat))} ${text}`;
  });
  if (found === null) return null;
  const end = found.indexOf(" ");
  return { shade: Number(found.slice(0, end)), text: found.slice(end + 1) };
}
