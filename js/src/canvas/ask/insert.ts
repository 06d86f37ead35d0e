/** Adding a block beside another, without pointing at a place. */

import { addNode, insertOnEdge, nodeOf } from "../../document";
import type { Heights } from "../../place";
import type { BlockEntry, Experiment } from "../../protocol";
import { addAtEnd, entryOf, join } from "../gestures";

/** The blocks that can be added; a network has one beginning and one end. */
export function fitting(blocks: readonly BlockEntry[], { graph }: Experiment): BlockEntry[] {
  const present = new Set(graph.nodes.map((node) => node.block));
  return blocks.filter((entry) => entry.family !== "data" || !present.has(entry.name));
}

/** Add a block above or below a node, in the connection that is there. */
export function insertBeside(
  document: Experiment,
  blocks: readonly BlockEntry[],
  entry: BlockEntry,
  node: string,
  side: "above" | "below",
  heights: Heights,
): { document: Experiment; id: string } {
  if (side === "below") return addAtEnd(document, blocks, entry, node, heights);
  const onto = document.graph.edges.find((edge) => edge.target === node);
  const source = onto && nodeOf(document.graph, onto.source);
  if (source && entryOf(blocks, source)?.outputs.length) {
    const only = document.graph.edges.filter((edge) => edge.source === source.id).length === 1;
    // Behind what feeds it is the same place where that feeds nothing else, and the cards make room there.
    if (only) return addAtEnd(document, blocks, entry, source.id, heights);
    const added = insertOnEdge(document, entry, onto);
    return { document: added.document, id: added.ids[0] ?? node };
  }
  const added = addNode(document, entry);
  const id = added.ids[0] ?? node;
  return { document: join(added.document, blocks, id, node), id };
}
