/** Where nodes stand: from top to bottom, without overlaps. Only nodes that nobody placed are moved. */

import { own, type Position } from "./document";
import type { BlockEntry, Edge, Experiment, Graph } from "./protocol";
import { graphOf, inside, pathOf, type Scope, TOP, withInside } from "./scope";

/** Width of every card, and the room between cards, in pixels. */
export const WIDTH = 208;
export const GAP = 40;

/** Height of a card that was not measured yet, with and without a row of settings, and of each further row. */
export const SETTINGS_HEIGHT = 70;
export const BARE_HEIGHT = 37;
const ROW_HEIGHT = 29;

/** How many settings stand in a row of a card, mostly. */
const IN_A_ROW = 2;

/** Height of the card of a group. */
export const GROUP_HEIGHT = 118;

/** Heights by node id: measured, or estimated until then. */
export type Heights = ReadonlyMap<string, number>;

/** Estimate the heights of cards that were never measured. */
export function estimate(
  document: Experiment,
  blocks: readonly BlockEntry[],
  heights: Map<string, number>,
): void {
  const primary = new Map(
    blocks.map((entry) => [
      entry.name,
      entry.params.filter((param) => param.primary).map((each) => each.name),
    ]),
  );
  for (const node of document.graph.nodes) {
    if (heights.has(node.id)) continue;
    const shown = new Set([...(primary.get(node.block) ?? []), ...Object.keys(node.params)]).size;
    const more = Math.max(0, Math.ceil(shown / IN_A_ROW) - 1);
    const plain = shown === 0 ? BARE_HEIGHT : SETTINGS_HEIGHT + more * ROW_HEIGHT;
    heights.set(node.id, graphOf(node) ? GROUP_HEIGHT : plain);
  }
}

/** The heights of all cards: of one that is put down just now nobody has measured any. */
export function allHeights(document: Experiment, blocks: readonly BlockEntry[], measured: Heights): Heights {
  const heights = new Map(measured);
  estimate(document, blocks, heights);
  return heights;
}

/** Whether a key of the layout is of a node inside of a group in view; such nodes stand elsewhere. */
function isDeeper(key: string): boolean {
  return key.includes("/");
}

/** Give every node at any depth a position that has none, by the heights of the cards of its scope. */
export function settleAll(
  document: Experiment,
  heightsOf: (view: Experiment, scope: Scope) => Heights,
): Experiment {
  let settled = document;
  const look = (graph: Graph, scope: Scope): void => {
    const prefix = pathOf(scope, "");
    if (graph.nodes.some((node) => own(document.layout, prefix + node.id) === undefined)) {
      const view = inside(settled, scope);
      const next = settle(view, heightsOf(view, scope));
      // Two groups with one id would be looked at again and again.
      if (next !== view) settled = withInside(settled, scope, next);
    }
    for (const node of graph.nodes) {
      const inner = graphOf(node);
      if (inner) look(inner, [...scope, node.id]);
    }
  };
  look(document.graph, TOP);
  return settled;
}

interface Box {
  id: string;
  x: number;
  y: number;
  height: number;
}

/** Give every node without a position one, below what feeds it and above what it feeds. */
export function settle(document: Experiment, heights: Heights): Experiment {
  const { nodes, edges } = document.graph;
  const missing = nodes.filter((node) => own(document.layout, node.id) === undefined);
  if (missing.length === 0) return document;
  const boxes = new Map<string, Box>();
  const height = (id: string): number => heights.get(id) ?? SETTINGS_HEIGHT;
  for (const node of nodes) {
    const at = own(document.layout, node.id);
    if (at) boxes.set(node.id, { id: node.id, x: at[0], y: at[1], height: height(node.id) });
  }
  const feeds = grouped(edges, "target");
  const feeding = grouped(edges, "source");
  const rows = new Map<string, number>();
  const wanted = new Set(missing.map((node) => node.id));
  for (const id of inOrder(document, feeds)) {
    if (!wanted.has(id)) continue;
    const above = boxesOf(feeds.get(id), "source", boxes);
    const box = { id, ...start(id, above, feeding, boxes, height(id)), height: height(id) };
    const below = belowOf(id, feeding, boxes, missing.length < nodes.length).filter((each) =>
      above.every((up) => up.y < each.y),
    );
    const row = `${box.x} ${box.y}`;
    // Of a thousand branches each begins where the last one found room, not at the first again.
    box.x = rows.get(row) ?? box.x;
    if (above.length > 0 && below.length > 0) makeRoom(box, below, boxes);
    else while (overlaps(box, boxes)) box.x += WIDTH + GAP;
    rows.set(row, box.x);
    boxes.set(id, box);
  }
  const placed = [...boxes.values()].map((box): [string, Position] => [
    box.id,
    [Math.round(box.x), Math.round(box.y)],
  ]);
  const deeper = Object.entries(document.layout).filter(([key]) => isDeeper(key));
  return { ...document, layout: Object.fromEntries([...placed, ...deeper]) };
}

/** Where a node begins: under its lowest feeder, in the column of the first; branches stand side by side. */
function start(
  id: string,
  above: readonly Box[],
  feeding: ReadonlyMap<string, Edge[]>,
  boxes: ReadonlyMap<string, Box>,
  height: number,
): { x: number; y: number } {
  const first = above[0];
  if (first === undefined) {
    const below = boxesOf(feeding.get(id), "target", boxes);
    const top = below.length > 0 ? Math.min(...below.map((box) => box.y)) - height - GAP : bottom(boxes);
    return { x: below[0]?.x ?? leftmost(boxes), y: top };
  }
  const y = Math.max(...above.map((box) => box.y + box.height)) + GAP;
  return { x: above.length > 1 ? Math.min(...above.map((box) => box.x)) : first.x, y };
}

/** What stands below a node: what it feeds, also by way of nodes that have no place yet. */
function belowOf(
  id: string,
  feeding: ReadonlyMap<string, Edge[]>,
  boxes: ReadonlyMap<string, Box>,
  isDeep: boolean,
): Box[] {
  if (!isDeep) return boxesOf(feeding.get(id), "target", boxes);
  const found: Box[] = [];
  const seen = new Set([id]);
  for (const at of seen) {
    for (const { target } of feeding.get(at) ?? []) {
      const box = boxes.get(target);
      if (box) found.push(box);
      else seen.add(target);
    }
  }
  return found;
}

/** Push everything from the feed-ees downwards down, until the new box fits between. */
function makeRoom(box: Box, below: readonly Box[], boxes: ReadonlyMap<string, Box>): void {
  const top = Math.min(...below.map((each) => each.y));
  const missing = box.y + box.height + GAP - top;
  if (missing <= 0) {
    while (overlaps(box, boxes)) box.x += WIDTH + GAP;
    return;
  }
  for (const each of boxes.values()) if (each.y >= top - 1) each.y += missing;
}

function overlaps(box: Box, boxes: ReadonlyMap<string, Box>): boolean {
  for (const other of boxes.values()) if (covers(box, other)) return true;
  return false;
}

function covers(box: Box, other: Box): boolean {
  return (
    box.x < other.x + WIDTH &&
    other.x < box.x + WIDTH &&
    box.y < other.y + other.height &&
    other.y < box.y + box.height
  );
}

function bottom(boxes: ReadonlyMap<string, Box>): number {
  let found = 0;
  for (const box of boxes.values()) found = Math.max(found, box.y + box.height + GAP);
  return found;
}

function leftmost(boxes: ReadonlyMap<string, Box>): number {
  const sides = [...boxes.values()].map((box) => box.x);
  return sides.length > 0 ? Math.min(...sides) : 0;
}

function boxesOf(
  edges: readonly Edge[] | undefined,
  end: "source" | "target",
  boxes: ReadonlyMap<string, Box>,
): Box[] {
  return (edges ?? []).flatMap((edge) => boxes.get(edge[end]) ?? []);
}

function grouped(edges: readonly Edge[], end: "source" | "target"): Map<string, Edge[]> {
  const found = new Map<string, Edge[]>();
  for (const edge of edges) {
    const same = found.get(edge[end]);
    if (same) same.push(edge);
    else found.set(edge[end], [edge]);
  }
  return found;
}

/** Ids so that feeders come first; nodes of a cycle come last, in the order of the document. */
function inOrder(document: Experiment, feeds: ReadonlyMap<string, Edge[]>): string[] {
  const known = new Set(document.graph.nodes.map((node) => node.id));
  const open = new Map<string, number>();
  for (const id of known) {
    open.set(id, (feeds.get(id) ?? []).filter((edge) => known.has(edge.source)).length);
  }
  const feeding = grouped(document.graph.edges, "source");
  const ready = [...known].filter((id) => open.get(id) === 0);
  for (let at = 0; at < ready.length; at += 1) {
    for (const edge of feeding.get(ready[at] ?? "") ?? []) {
      const left = (open.get(edge.target) ?? 0) - 1;
      open.set(edge.target, left);
      if (left === 0 && known.has(edge.target)) ready.push(edge.target);
    }
  }
  const done = new Set(ready);
  return [...ready, ...[...known].filter((id) => !done.has(id))];
}

/** Move what stands below a new node on an edge down, so that it has room there. */
export function roomFor(document: Experiment, id: string, target: string, heights: Heights): Experiment {
  const at = own(document.layout, id);
  const below = own(document.layout, target);
  if (!at || !below) return document;
  const missing = at[1] + (heights.get(id) ?? SETTINGS_HEIGHT) + GAP - below[1];
  if (missing <= 0) return document;
  const layout = Object.fromEntries(
    Object.entries(document.layout).map(([key, [x, y]]): [string, Position] =>
      key !== id && y >= below[1] - 1 && !isDeeper(key) ? [key, [x, y + missing]] : [key, [x, y]],
    ),
  );
  return { ...document, layout };
}

/** Make room for a card that was put down: it goes under what it lies on, and what is then below gives way. */
export function makeWay(document: Experiment, id: string, heights: Heights): Experiment {
  const { box, others } = boxAmong(document, id, heights);
  if (!box) return document;
  const above = others.filter((each) => each.y <= box.y && covers(box, each));
  const y = above.length > 0 ? Math.max(...above.map((each) => each.y + each.height)) + GAP : box.y;
  const below = others.filter((each) => each.y > box.y && covers({ ...box, y }, each));
  if (above.length === 0 && below.length === 0) return document;
  const top = Math.min(...below.map((each) => each.y));
  const missing = y + box.height + GAP - top;
  const layout = Object.fromEntries(
    Object.entries(document.layout).map(([key, at]): [string, Position] => {
      if (key === id) return [key, [at[0], y]];
      return [key, at[1] >= top && !isDeeper(key) ? [at[0], at[1] + missing] : at];
    }),
  );
  return { ...document, layout };
}

/** Move a card to the right until it lies on no other. */
export function moveAside(document: Experiment, id: string, heights: Heights): Experiment {
  const { box, others } = boxAmong(document, id, heights);
  const boxes = new Map(others.map((each) => [each.id, each]));
  if (!box || !overlaps(box, boxes)) return document;
  while (overlaps(box, boxes)) box.x += WIDTH + GAP;
  return { ...document, layout: { ...document.layout, [id]: [box.x, box.y] } };
}

function boxAmong(document: Experiment, id: string, heights: Heights): { box?: Box; others: Box[] } {
  const boxes = document.graph.nodes.flatMap((node): Box[] => {
    const at = own(document.layout, node.id);
    const height = heights.get(node.id) ?? SETTINGS_HEIGHT;
    return at ? [{ id: node.id, x: at[0], y: at[1], height }] : [];
  });
  const box = boxes.find((each) => each.id === id);
  return { ...(box ? { box } : {}), others: boxes.filter((each) => each !== box) };
}
