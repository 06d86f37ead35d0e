/** The ports of a group: its inner nodes of two blocks, in their order; their ids are the names. */

import type { BlockEntry, Graph } from "./protocol";

export type End = "inputs" | "outputs";

/** The blocks that are ports, seen from inside. */
export const PORT_BLOCKS: Readonly<Record<End, string>> = { inputs: "GroupInput", outputs: "GroupOutput" };

/** Names of the ports at one end of a group. */
export function portsOf(graph: Graph, end: End): string[] {
  // Of two nodes with one id the first is meant.
  return [...new Set(graph.nodes.flatMap((node) => (node.block === PORT_BLOCKS[end] ? [node.id] : [])))];
}

const entries = new WeakMap<Graph, BlockEntry>();

/** The block of a group with the ports of its graph; the same object as long as the graph is. */
export function withPorts(entry: BlockEntry, graph: Graph): BlockEntry {
  const known = entries.get(graph);
  if (known?.name === entry.name && known.summary === entry.summary) return known;
  const ports = (end: End): BlockEntry[End] => portsOf(graph, end).map((name) => ({ name, many: false }));
  const found = { ...entry, inputs: ports("inputs"), outputs: ports("outputs") };
  entries.set(graph, found);
  return found;
}
