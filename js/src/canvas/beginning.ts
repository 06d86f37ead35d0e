import type { CanvasStore } from "../store";
import { entryOf } from "./gestures";

/**
 * Whether only the two ends stand on the canvas, and nothing else is to be said of it.
 *
 * That nothing reaches the Output is then no mistake of anybody, so it is not shown as one.
 */
export function isBeginning({ analysis, catalogue, document }: CanvasStore): boolean {
  const { edges, nodes } = document.graph;
  return (
    edges.length === 0 &&
    nodes.every((node) => entryOf(catalogue.blocks, node)?.family === "data") &&
    analysis?.diagnostics.length === 1 &&
    analysis.diagnostics[0]?.code === "no-path-to-output"
  );
}
