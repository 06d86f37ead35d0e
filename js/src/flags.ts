/** Freezing blocks and letting data pass by them, as pure changes of a document. */

import type { Experiment } from "./protocol";

export type Flag = "bypassed" | "frozen";

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
