/**
 * Where a card that is dragged would go: into the column of others, into a connection, under or above a card.
 *
 * Everything is in the places where cards are drawn, in pixels of the canvas.
 */

import { own, type Position } from "../document";
import { GAP, type Heights, SETTINGS_HEIGHT, WIDTH } from "../place";
import type { BlockEntry, Edge, Experiment, Node } from "../protocol";
import { closesCircle, entryOf, link } from "./gestures";
import { drawn, type Step } from "./grownCards";

/** A card on its way: one of the document, or a block of the palette, which has no id yet. */
export interface Carried {
  id: string | null;
  /** Cards that move along. */
  along?: ReadonlySet<string>;
  entry: BlockEntry;
  x: number;
  y: number;
  height: number;
}

/** What the cards are that it may join. */
export interface Scene {
  document: Experiment;
  entries: readonly BlockEntry[];
  /** Of the cards as they are drawn, with their problems. */
  heights: Heights;
  steps: readonly Step[];
}

/** A thin line that shows with what a card lines up. */
export interface Guide {
  x: number;
  top: number;
  bottom: number;
}

/** The connection a card goes into, or the cards it joins: the one above and the one below. */
export interface Goal {
  onto: Edge | null;
  above: string | null;
  below: string | null;
}

export interface Aim extends Goal {
  /** Where the card is shown meanwhile. */
  at: Position;
  guide: Guide | null;
}

/** How near things must be. A hand that brings a new block means to connect; one that tidies up does not. */
export interface Reach {
  /** Room between the card and the one it joins. */
  join: number;
  /** Aside of a connection. */
  edge: number;
}

export const NEW: Reach = { join: 140, edge: 90 };
export const MOVED: Reach = { join: 56, edge: 36 };
export const NONE: Reach = { join: 0, edge: 0 };

/** How near, in pixels, a column or the right height must be for a card to snap to it. */
const SNAP = 12;

interface Box {
  node: Node;
  entry: BlockEntry | undefined;
  x: number;
  y: number;
  foot: number;
}

/** Find where a card would go. */
export function aim(scene: Scene, card: Carried, reach: Reach): Aim {
  const boxes = boxesOf(scene, card);
  const onto = edgeUnder(scene, card, boxes, reach.edge);
  const above = onto ? null : cardAbove(scene, card, boxes, reach.join);
  const below = onto ? null : cardBelow(scene, card, boxes, reach.join, above);
  const joined = boxes.get(onto?.source ?? above ?? below ?? "");
  const column = joined ? joined.x : columnOf(boxes.values(), card.x);
  const at: Position = [column ?? card.x, card.y];
  const foot = joined && above === joined.node.id ? joined.foot + GAP : null;
  if (foot !== null && Math.abs(card.y - foot) < 2 * SNAP) at[1] = foot;
  const guide = column === null ? null : guideOf(boxes.values(), column, at[1], card.height);
  return { at, guide, onto, above, below };
}

function boxesOf(scene: Scene, { id, along }: Carried): Map<string, Box> {
  const { document, entries, heights, steps } = scene;
  const boxes = new Map<string, Box>();
  for (const node of document.graph.nodes) {
    const place = own(document.layout, node.id);
    if (!place || node.id === id || along?.has(node.id) || boxes.has(node.id)) continue;
    const y = drawn(steps, place[1]);
    const foot = y + (heights.get(node.id) ?? SETTINGS_HEIGHT);
    boxes.set(node.id, { node, entry: entryOf(entries, node), x: place[0], y, foot });
  }
  return boxes;
}

/** The connection that a card lies on. It needs an input and an output, and goes into none of its own. */
function edgeUnder(
  { document }: Scene,
  { entry, ...card }: Carried,
  boxes: ReadonlyMap<string, Box>,
  reach: number,
): Edge | null {
  if (entry.inputs.length === 0 || entry.outputs.length === 0) return null;
  let found: Edge | null = null;
  let best = reach;
  const [x, y] = [card.x + WIDTH / 2, card.y + card.height / 2];
  for (const edge of document.graph.edges) {
    const [from, to] = [boxes.get(edge.source), boxes.get(edge.target)];
    // Its own card is in no box. It leaves its chain before it goes elsewhere, so no circle can close.
    if (!from || !to) continue;
    const line = { x1: from.x + WIDTH / 2, y1: from.foot, x2: to.x + WIDTH / 2, y2: to.y };
    // Above or below both cards is beside the connection, however near its end is.
    if (y < Math.min(line.y1, line.y2) - SNAP || y > Math.max(line.y1, line.y2) + SNAP) continue;
    const distance = toSegment(x, y, line);
    if (distance < best) [found, best] = [edge, distance];
  }
  return found;
}

/** The card with a loose end right above. */
function cardAbove(
  { document, entries }: Scene,
  card: Carried,
  boxes: ReadonlyMap<string, Box>,
  reach: number,
): string | null {
  if (!mayTake(document, card.entry, card.id)) return null;
  const used = new Set(document.graph.edges.map((edge) => edge.source));
  let found: string | null = null;
  let best = reach;
  for (const { node, entry, x, y, foot } of boxes.values()) {
    if (used.has(node.id) || !entry?.outputs.length) continue;
    if (Math.abs(x - card.x) > WIDTH / 2 || card.y <= y || !mayJoin(document, entries, node.id, card.id))
      continue;
    const room = Math.abs(card.y - foot);
    if (room < best) [found, best] = [node.id, room];
  }
  return found;
}

/** The card right below that nothing leads into yet. */
function cardBelow(
  { document, entries }: Scene,
  card: Carried,
  boxes: ReadonlyMap<string, Box>,
  reach: number,
  above: string | null,
): string | null {
  const { id } = card;
  if (card.entry.outputs.length === 0) return null;
  if (id !== null && document.graph.edges.some((edge) => edge.source === id)) return null;
  let found: string | null = null;
  let best = reach;
  for (const { node, entry, x, y } of boxes.values()) {
    if (node.id === above || !mayTake(document, entry, node.id)) continue;
    if (Math.abs(x - card.x) > WIDTH / 2 || card.y >= y) continue;
    if (!mayJoin(document, entries, id, node.id) || !mayJoin(document, entries, above, node.id)) continue;
    const room = Math.abs(y - card.y - card.height);
    if (room < best) [found, best] = [node.id, room];
  }
  return found;
}

/** Whether the first input of a block is free; one that takes many always is. */
function mayTake(document: Experiment, entry: BlockEntry | undefined, id: string | null): boolean {
  const port = entry?.inputs[0];
  if (!port) return false;
  return (
    port.many || !document.graph.edges.some((edge) => edge.target === id && edge.target_port === port.name)
  );
}

function mayJoin(
  document: Experiment,
  entries: readonly BlockEntry[],
  source: string | null,
  target: string | null,
): boolean {
  // A block that is new has no connections, so nothing can go around.
  if (source === null || target === null) return true;
  return link(document, entries, source, target) !== null && !closesCircle(document, source, target);
}

/** The column of other cards that is nearest, if one is near. */
function columnOf(boxes: Iterable<Box>, x: number): number | null {
  let found: number | null = null;
  let best = SNAP;
  for (const box of boxes) {
    const distance = Math.abs(box.x - x);
    if (distance < best) [found, best] = [box.x, distance];
  }
  return found;
}

/** The line through the middle of a column, from the first to the last of its cards. */
function guideOf(boxes: Iterable<Box>, column: number, y: number, height: number): Guide {
  const guide = { x: column + WIDTH / 2, top: y, bottom: y + height };
  for (const box of boxes) {
    if (box.x !== column) continue;
    guide.top = Math.min(guide.top, box.y);
    guide.bottom = Math.max(guide.bottom, box.foot);
  }
  return guide;
}

interface Line {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

function toSegment(x: number, y: number, { x1, y1, x2, y2 }: Line): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1);
  const at = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x1 - at * dx, y - y1 - at * dy);
}
