/** The blocks of a network one after the other. */

import type { Graph } from "./protocol";

/** Ids from the data to the classes; what stands on or behind a cycle comes last. */
export function order(graph: Pick<Graph, "nodes" | "edges">): string[] {
  const waiting = new Map(graph.nodes.map((node) => [node.id, 0]));
  const after = new Map<string, string[]>();
  for (const { source, target } of graph.edges) {
    const incoming = waiting.get(target);
    if (incoming === undefined || !waiting.has(source)) continue;
    waiting.set(target, incoming + 1);
    after.set(source, [...(after.get(source) ?? []), target]);
  }
  const found = [...waiting].filter(([, incoming]) => incoming === 0).map(([id]) => id);
  // The list grows while it is walked: a node joins when the last of its inputs is done.
  for (const id of found) {
    for (const target of after.get(id) ?? []) {
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) found.push(target);
    }
  }
  const reached = new Set(found);
  return [...found, ...[...waiting.keys()].filter((id) => !reached.has(id))];
}
