/** Adding a block that was looked for: where it was wished, and connected. */

import { aim, NEW } from "./canvas/aim";
import type { Wish } from "./canvas/desk";
import { fitsAt } from "./canvas/fits";
import { addAtEnd, between, entryOf, join } from "./canvas/gestures";
import { meant, type Step } from "./canvas/grownCards";
import { offersIn } from "./canvas/offers";
import { carried, drop, plainHeights, sceneOf } from "./canvas/useDrop";
import { addNode, connect, insertOnEdge, nodeOf, own, type Position } from "./document";
import { type Heights, moveAside } from "./place";
import type { BlockEntry, Experiment } from "./protocol";
import { stateOf } from "./scope";
import type { Store } from "./store";

/** The blocks that a wish can mean. */
export function choices(store: Store, wish: Wish): readonly BlockEntry[] {
  const { catalogue, view: document } = store.getState();
  const present = new Set(document.graph.nodes.map((node) => node.block));
  // A network has one Input and one Output.
  const { blocks, kept } = offersIn(store.getState());
  const entries = catalogue.families.flatMap((family) =>
    blocks.filter((entry) => entry.family === family && (family !== "data" || !present.has(entry.name))),
  );
  entries.push(...kept.filter((entry) => !blocks.some((each) => each.name === entry.name)));
  const { loose } = wish;
  if (!loose) return entries;
  const node = nodeOf(document.graph, loose.node);
  if (loose.end === "target") {
    const goal = entryOf(catalogue.blocks, node);
    return entries.filter((entry) => fitsAt(entry, { end: "target", goal }));
  }
  const shape = own(stateOf(store.getState(), loose.node)?.shapes, loose.port);
  return entries.filter((entry) => fitsAt(entry, { end: "source", shape }));
}

/** Add the block that was chosen; its id. */
export function grant(
  store: Store,
  wish: Wish,
  entry: BlockEntry,
  steps: readonly Step[],
  area: HTMLElement | null,
): string {
  const { position, loose, beside } = wish;
  if (position && !loose) {
    const card = carried(entry, position);
    return drop(store, entry, aim(sceneOf(store, steps), card, NEW), steps, area);
  }
  const { catalogue, edit, select, selection } = store.getState();
  const plain = plainHeights(store, area);
  let made = "";
  edit((document) => {
    const at = position && ([position[0], meant(steps, position[1])] as Position);
    const added = loose
      ? addLoose(document, catalogue.blocks, entry, loose, at, plain)
      : beside?.side === "above"
        ? addAbove(document, catalogue.blocks, entry, beside.node, plain)
        : addAtEnd(document, catalogue.blocks, entry, beside?.node ?? selection.at(-1), plain);
    made = added.id;
    return added.document;
  });
  select([made]);
  return made;
}

interface Made {
  document: Experiment;
  id: string;
}

/** Add a block to the loose end of a connection. */
function addLoose(
  document: Experiment,
  entries: readonly BlockEntry[],
  entry: BlockEntry,
  { end, node, port }: NonNullable<Wish["loose"]>,
  at: Position | undefined,
  heights: Heights,
): Made {
  const added = addNode(document, entry, at);
  const id = added.ids[0] ?? "";
  const [source, target] = end === "source" ? [node, id] : [id, node];
  const goal = entryOf(entries, nodeOf(added.document.graph, target));
  const edge = {
    source,
    source_port: end === "source" ? port : (entry.outputs[0]?.name ?? "y"),
    target,
    target_port: end === "target" ? port : (entry.inputs[0]?.name ?? "x"),
  };
  const many = goal?.inputs.find((each) => each.name === edge.target_port)?.many ?? false;
  return { document: moveAside(connect(added.document, edge, many), id, heights), id };
}

/** Add a block above another: into the connection that leads to it, if there is one. */
function addAbove(
  document: Experiment,
  entries: readonly BlockEntry[],
  entry: BlockEntry,
  node: string,
  heights: Heights,
): Made {
  const onto = document.graph.edges.find((edge) => edge.target === node);
  if (onto && entry.inputs.length > 0 && entry.outputs.length > 0) {
    const added = insertOnEdge(document, entry, onto);
    const id = added.ids[0] ?? "";
    return { document: between(added.document, entries, id, onto, heights), id };
  }
  const added = addNode(document, entry);
  const id = added.ids[0] ?? "";
  return { document: onto ? added.document : join(added.document, entries, id, node), id };
}
