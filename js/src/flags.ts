/** Freezing blocks and letting data pass by them, as pure changes of a document. */

import { own } from "./document";
import { isEnd } from "./group";
import type { Experiment } from "./protocol";
import { stateOf } from "./scope";
import type { CanvasStore } from "./store";

export type Flag = "bypassed" | "frozen";

/** Those of some nodes that a flag means something for, or that have it and can lose it. */
export function bearers(
  canvas: Pick<CanvasStore, "analysis" | "catalogue" | "scope" | "view">,
  ids: readonly string[],
  flag: Flag,
): string[] {
  const bears = canvas.view.graph.nodes.filter((node) => {
    if (!ids.includes(node.id)) return false;
    if (node[flag]) return true;
    // Pictures cannot pass by an end, and what has no weights cannot learn anyway.
    if (isEnd(node, canvas.catalogue.blocks)) return false;
    const state = flag === "frozen" ? stateOf(canvas, node.id) : undefined;
    // Nothing is known of the weights where no shape comes out.
    return !state || state.parameters > 0 || !own(state.shapes, "y");
  });
  return bears.map((node) => node.id);
}

/** Whether all of the nodes have a flag. */
export function haveFlag({ graph }: Experiment, ids: readonly string[], flag: Flag): boolean {
  const nodes = graph.nodes.filter((node) => ids.includes(node.id));
  return nodes.length > 0 && nodes.every((node) => node[flag]);
}

/** Set a flag of the nodes, or take it from them where all have it. */
export function switchFlag(document: Experiment, ids: readonly string[], flag: Flag): Experiment {
  const nodes = document.graph.nodes.filter((node) => ids.includes(node.id));
  if (nodes.length === 0) return document;
  const on = !haveFlag(document, ids, flag);
  const changed = document.graph.nodes.map((node) =>
    ids.includes(node.id) && node[flag] !== on ? { ...node, [flag]: on } : node,
  );
  return { ...document, graph: { ...document.graph, nodes: changed } };
}
