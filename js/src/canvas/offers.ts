/** What can be added in the open scope: the blocks that may stand there, and the groups that a person kept. */

import { useCanvas } from "../context";
import { newNode, type Offer } from "../document";
import { PORT_BLOCKS, withPorts } from "../ports";
import type { BlockEntry, Catalogue, Graph, SavedGroup } from "../protocol";
import type { CanvasStore } from "../store";

export interface Offers {
  blocks: readonly Offer[];
  kept: readonly Offer[];
}

/** What a new group holds: data pass through it until something is put in. */
const EMPTY: Graph = {
  nodes: [newNode("x", PORT_BLOCKS.inputs), newNode("y", PORT_BLOCKS.outputs)],
  edges: [{ source: "x", source_port: "y", target: "y", target_port: "x" }],
};

const known = new WeakMap<Catalogue, { top: Offers; inside: Offers }>();

/** What is offered at the top, and inside of groups: the ends of the network there, the ports of the group here. */
export function offersIn({ catalogue, scope }: Pick<CanvasStore, "catalogue" | "scope">): Offers {
  let found = known.get(catalogue);
  if (!found) {
    const group = catalogue.blocks.find((entry) => entry.name === "Group");
    const kept = group ? catalogue.groups.map((each) => keptOffer(group, each)) : [];
    const blocks = catalogue.blocks.map((entry) =>
      entry === group
        ? {
            ...keptOffer(group, {
              name: "",
              node: newNode(group.stem, group.name, { graph: EMPTY }),
              layout: {},
            }),
            name: group.name,
          }
        : entry,
    );
    const ports = Object.values(PORT_BLOCKS);
    found = {
      top: { kept, blocks: blocks.filter((entry) => !ports.includes(entry.name)) },
      inside: { kept, blocks: blocks.filter((entry) => entry.family !== "data") },
    };
    known.set(catalogue, found);
  }
  return scope.length === 0 ? found.top : found.inside;
}

function keptOffer(group: BlockEntry, kept: SavedGroup): Offer {
  const entry = kept.node.graph ? withPorts(group, kept.node.graph) : group;
  return { ...entry, name: kept.name, group: kept };
}

/** What is offered in the open scope. */
export function useOffers(): Offers {
  return useCanvas(offersIn);
}
