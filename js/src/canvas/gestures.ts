/** What a gesture does to the document: adding by click, dropping, deleting. */

import { useCallback } from "react";
import { useCanvasStore } from "../context";
import {
  addNode,
  connect,
  disconnect,
  insertNode,
  insertOnEdge,
  nodeOf,
  own,
  type Position,
  place,
  removeNodes,
} from "../document";
import { removeNotes } from "../notes";
import { allHeights, GAP, type Heights, makeWay, moveAside, roomFor, SETTINGS_HEIGHT } from "../place";
import { withPorts } from "../ports";
import type { BlockEntry, Edge, Experiment, Node } from "../protocol";
import { graphOf } from "../scope";
import type { Goal } from "./aim";

type Entries = readonly BlockEntry[];

const named = new WeakMap<Entries, ReadonlyMap<string, BlockEntry>>();

/** The block of a node, if the catalogue has it; that of a group has the ports that stand inside. */
export function entryOf(entries: Entries, node: Node | undefined): BlockEntry | undefined {
  if (!node) return undefined;
  let found = named.get(entries);
  if (!found) {
    // A thousand cards ask at every change.
    found = new Map(entries.map((entry) => [entry.name, entry]));
    named.set(entries, found);
  }
  const entry = found.get(node.block);
  const graph = graphOf(node);
  return entry && graph ? withPorts(entry, graph) : entry;
}

function node(document: Experiment, id: string | undefined): Node | undefined {
  return nodeOf(document.graph, id);
}

/** An edge from the first output of one node to the first input of another, if they have them. */
export function link(document: Experiment, entries: Entries, source: string, target: string): Edge | null {
  const from = entryOf(entries, node(document, source))?.outputs[0];
  const to = entryOf(entries, node(document, target))?.inputs[0];
  if (!from || !to || source === target) return null;
  return { source, source_port: from.name, target, target_port: to.name };
}

/** Connect two nodes by their first ports; a full ordinary input gives way. */
export function join(document: Experiment, entries: Entries, source: string, target: string): Experiment {
  const edge = link(document, entries, source, target);
  if (!edge) return document;
  const many = entryOf(entries, node(document, target))?.inputs[0]?.many ?? false;
  return connect(document, edge, many);
}

/** Whether an edge would close a circle. */
export function closesCircle(document: Experiment, source: string, target: string): boolean {
  const behind = new Map<string, string[]>();
  for (const edge of document.graph.edges)
    behind.set(edge.source, [...(behind.get(edge.source) ?? []), edge.target]);
  const seen = new Set<string>();
  const open = [target];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === source) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(behind.get(at) ?? []));
  }
  return false;
}

/** Add a block where it most likely belongs: behind the selected node, else at the end before the Output. */
export function addAtEnd(
  document: Experiment,
  entries: Entries,
  entry: BlockEntry,
  selected: string | undefined,
  heights: Heights,
): { document: Experiment; id: string } {
  const { edges, nodes } = document.graph;
  const isEnd = (each: Node): boolean => entryOf(entries, each)?.outputs.length === 0;
  const end = nodes.find(isEnd);
  const behind = entryOf(entries, node(document, selected))?.outputs.length ? selected : undefined;
  const onto = behind
    ? edges.find((edge) => edge.source === behind)
    : edges.find((edge) => edge.target === end?.id);
  const fits = entry.inputs.length > 0 && entry.outputs.length > 0;
  if (onto && fits) {
    const added = insertOnEdge(document, entry, onto);
    const id = added.ids[0] ?? "";
    return { document: between(added.document, entries, id, onto, heights), id };
  }
  const added = addNode(document, entry);
  const id = added.ids[0] ?? "";
  let next = added.document;
  const last = behind ?? looseEnd(document, entries);
  if (last !== undefined && entry.inputs.length > 0) next = join(next, entries, last, id);
  if (end && entry.outputs.length > 0 && !edges.some((edge) => edge.target === end.id)) {
    next = join(next, entries, id, end.id);
    const { [end.id]: _, ...layout } = next.layout;
    // The Output goes under the new block: it has nothing else to stand under.
    next = { ...next, layout };
  }
  return { document: next, id };
}

/** Place a new node on the edge that it was put into, and make room for it. */
export function between(
  document: Experiment,
  entries: Entries,
  id: string,
  edge: Edge,
  measured: Heights,
): Experiment {
  const [above, below] = [own(document.layout, edge.source), own(document.layout, edge.target)];
  if (!above || !below) return document;
  const heights = allHeights(document, entries, measured);
  const at: Position = [below[0], above[1] + (heights.get(edge.source) ?? GAP) + GAP];
  const placed = { ...document, layout: { ...document.layout, [id]: at } };
  return moveAside(roomFor(placed, id, edge.target, heights), id, heights);
}

/** The last node that has an output and leads nowhere. */
function looseEnd(document: Experiment, entries: Entries): string | undefined {
  const used = new Set(document.graph.edges.map((edge) => edge.source));
  return document.graph.nodes.findLast(
    (each) => !used.has(each.id) && (entryOf(entries, each)?.outputs.length ?? 0) > 0,
  )?.id;
}

/** Drop a new block at a place: into the connection that it lies on, beside the cards that it joins, or free. */
export function dropAt(
  document: Experiment,
  entries: Entries,
  entry: BlockEntry,
  at: Position,
  goal: Goal,
  measured: Heights,
): { document: Experiment; id: string } {
  const added = addNode(document, entry, at);
  const id = added.ids[0] ?? "";
  const heights = allHeights(added.document, entries, measured);
  const next = putDown(added.document, entries, id, at, goal, heights);
  return { document: goal.onto ? next : makeWay(next, id, heights), id };
}

/** Put a card down where it was aimed at. Heights are those without problems. */
export function putDown(
  document: Experiment,
  entries: Entries,
  id: string,
  at: Position,
  { onto, above, below }: Goal,
  heights: Heights,
): Experiment {
  const entry = entryOf(entries, node(document, id));
  const [input, output] = [entry?.inputs[0], entry?.outputs[0]];
  let next = place(document, { [id]: at });
  if (onto && input && output) {
    next = insertNode(detach(next, id), id, onto, input.name, output.name);
    return between(next, entries, id, onto, heights);
  }
  const [over, under] = [own(document.layout, above ?? ""), own(document.layout, below ?? "")];
  const height = (of: string | null): number => heights.get(of ?? "") ?? SETTINGS_HEIGHT;
  if (over) next = place(next, { [id]: [over[0], over[1] + height(above) + GAP] });
  else if (under) next = place(next, { [id]: [under[0], under[1] - height(id) - GAP] });
  if (above !== null) next = join(next, entries, above, id);
  if (below !== null) next = join(next, entries, id, below);
  return over || under ? makeWay(next, id, heights) : next;
}

/** Take a node out of its connections; what stood around it is connected, as when it is removed. */
function detach(document: Experiment, id: string): Experiment {
  const { edges } = removeNodes(document, [id]).graph;
  return { ...document, graph: { ...document.graph, edges } };
}

/** Deletes nodes, connects what stood around them, and deletes notes and connections. */
export function useDelete(): (
  ids: readonly string[],
  notes?: readonly string[],
  edges?: readonly Edge[],
) => void {
  const store = useCanvasStore();
  return useCallback(
    (ids, notes = [], edges = []) => {
      if (ids.length + notes.length + edges.length === 0) return;
      store.getState().edit((document) => removeNotes(removeNodes(disconnect(document, edges), ids), notes));
    },
    [store],
  );
}
