/** Blocks from a text of the clipboard. What is pasted may come from anybody: nothing of it is trusted. */

import { type Added, freeId, head, MAX_NOTES, newNode, own, type Position } from "../document";
import { NOTE_COLORS, NOTE_LEAST, NOTE_MOST } from "../notes";
import { type Heights, SETTINGS_HEIGHT, WIDTH } from "../place";
import { PORT_BLOCKS } from "../ports";
import type { BlockEntry, Edge, Experiment, Graph, JsonValue, Node, Note } from "../protocol";

/** Blocks on their way: a piece of a document, and what led into it. */
export interface Clip {
  nodes: Node[];
  edges: Edge[];
  /** Connections from nodes that were not copied. */
  incoming: Edge[];
  /** By id; what stands in a group by its path from here. */
  layout: Map<string, Position>;
  notes: Note[];
}

/** A piece of a document that was pasted. */
export interface Pasted extends Added {
  notes: string[];
}

/** Why a text is not pasted; the key of a sentence. */
export type Refusal = "ui.edit.paste_other" | "ui.edit.paste_large" | "ui.edit.paste_broken";

/** Longest text that is read, in characters, most nodes in it, and longest name. */
const MAX_TEXT = 1_000_000;
const MAX_NODES = 1000;
const MAX_NAME = 200;

/** Longest text of a note, or of a value. */
const MAX_NOTE = 10_000;

/** How deeply groups, and the values of a parameter, may be nested. */
const MAX_DEPTH = 8;

/** Room between blocks that are pasted and what they came from, in pixels. */
const ASIDE = 32;

/** Read a text of the clipboard. */
export function readClip(text: string): Clip | Refusal {
  if (!/^\s*\{/.test(text)) return "ui.edit.paste_other";
  if (text.length > MAX_TEXT) return "ui.edit.paste_large";
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return "ui.edit.paste_other";
  }
  if (!isRecord(found) || !("blockml" in found)) return "ui.edit.paste_other";
  const { blockml, graph } = found;
  if (blockml !== 1 || !isRecord(graph)) return "ui.edit.paste_broken";
  const read = readGraph(graph, MAX_DEPTH);
  const incoming = listOf(found.incoming ?? [], readEdge);
  const notes = listOf(found.notes ?? [], readNote);
  if (!read || !incoming || !notes || read.nodes.length + notes.length === 0) return "ui.edit.paste_broken";
  if (count(read) + notes.length > MAX_NODES || incoming.length > MAX_NODES) return "ui.edit.paste_large";
  // What stands in groups comes with its group.
  const here = notes.filter((note) => note.scope === "");
  return { ...read, incoming, layout: readLayout(found.layout), notes: here };
}

/**
 * Put blocks into a document, under names that are free there.
 *
 * @param at Where the middle of their upper edge goes; without it they stand beside where they came from.
 * @param linked Whether connections from nodes that were not copied are kept, where those nodes exist.
 * @param isInGroup Whether it is put into a group: the ports of one are nothing anywhere else.
 */
export function paste(
  document: Experiment,
  clip: Clip,
  entries: readonly BlockEntry[],
  heights: Heights,
  at: Position | null,
  linked: boolean,
  isInGroup: boolean,
): Pasted {
  const names = new Map<string, string>();
  const standIns = new Map<string, string>();
  const nodes = [...document.graph.nodes];
  for (const node of clip.nodes) {
    if (!isInGroup && Object.values(PORT_BLOCKS).includes(node.block)) continue;
    const end = endOf(document, entries, node);
    if (end !== undefined) {
      standIns.set(node.id, end);
      continue;
    }
    const id = freeId(nodes, stem(node.id));
    names.set(node.id, id);
    nodes.push({ ...node, id });
  }
  const named = (id: string): string | undefined => names.get(id) ?? standIns.get(id);
  const linkedEnds = new Set(document.graph.edges.flatMap((edge) => [edge.source, edge.target]));
  const made: Edge[] = [];
  for (const edge of clip.edges) {
    const [source, target] = [named(edge.source), named(edge.target)];
    // An end that was here before keeps the connections it has.
    const ends = [standIns.get(edge.source), standIns.get(edge.target)];
    if (!source || !target || ends.some((id) => id !== undefined && linkedEnds.has(id))) continue;
    made.push({ ...edge, source, target });
  }
  const known = new Set(document.graph.nodes.map((node) => node.id));
  for (const edge of linked ? clip.incoming : []) {
    const target = names.get(edge.target);
    if (target && known.has(edge.source)) made.push({ ...edge, target });
  }
  const shift = shiftOf(document, clip, new Set(names.keys()), heights, at);
  const layout = { ...document.layout };
  for (const [key, [x, y]] of clip.layout) {
    const top = head(key);
    const id = names.get(top);
    if (id === undefined) continue;
    layout[id + key.slice(top.length)] = key === top ? [x + shift[0], y + shift[1]] : [x, y];
  }
  const notes = [...document.notes];
  for (const note of clip.notes.slice(0, MAX_NOTES - notes.length)) {
    notes.push({ ...note, id: freeId(notes, "note"), x: note.x + shift[0], y: note.y + shift[1] });
  }
  const graph = { nodes, edges: [...document.graph.edges, ...made] };
  return {
    document: { ...document, graph, layout, notes },
    ids: [...names.values()],
    notes: notes.slice(document.notes.length).map((note) => note.id),
  };
}

/** The Input or Output that is here already: a network has one of each. */
function endOf(document: Experiment, entries: readonly BlockEntry[], node: Node): string | undefined {
  const isEnd = entries.some((entry) => entry.name === node.block && entry.family === "data");
  return isEnd ? document.graph.nodes.find((each) => each.block === node.block)?.id : undefined;
}

/** How far everything moves, so that it stands where it is wanted and no card lies on another. */
function shiftOf(
  document: Experiment,
  clip: Clip,
  ids: ReadonlySet<string>,
  heights: Heights,
  at: Position | null,
): Position {
  const cards = [...clip.layout].flatMap(([key, place]) => (ids.has(key) ? [place] : []));
  const all = [
    ...cards.map(([x, y]) => ({ x, y, width: WIDTH })),
    ...clip.notes.map(({ x, y, width }) => ({ x, y, width })),
  ];
  if (all.length === 0) return [0, 0];
  const left = Math.min(...all.map((each) => each.x));
  const right = Math.max(...all.map((each) => each.x + each.width));
  const top = Math.min(...all.map((each) => each.y));
  const shift: Position = at
    ? [Math.round(at[0] - (left + right) / 2), Math.round(at[1] - top)]
    : [WIDTH + ASIDE, 0];
  const others = document.graph.nodes.flatMap((node) => {
    const place = own(document.layout, node.id);
    return place ? [{ place, height: heights.get(node.id) ?? SETTINGS_HEIGHT }] : [];
  });
  const isTaken = ([x, y]: Position): boolean =>
    others.some(
      ({ place, height }) =>
        Math.abs(place[0] - x - shift[0]) < WIDTH &&
        place[1] < y + shift[1] + SETTINGS_HEIGHT &&
        y + shift[1] < place[1] + height,
    );
  for (let tries = 0; tries < others.length && cards.some(isTaken); tries += 1) shift[0] += WIDTH + ASIDE;
  return shift;
}

/** What an id is called without its number; a name that is none becomes a plain one. */
function stem(id: string): string {
  return /^[A-Za-z_]\w*?(?=\d*$)/.exec(id)?.[0].slice(0, MAX_NAME / 2) ?? "block";
}

function listOf<T>(value: unknown, read: (each: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map(read);
  return items.includes(null) ? null : (items as T[]);
}

function readGraph(value: unknown, depth: number): Graph | null {
  if (!isRecord(value) || depth === 0) return null;
  const nodes = listOf(value.nodes ?? [], (each) => readNode(each, depth));
  const edges = listOf(value.edges ?? [], readEdge);
  if (!nodes || !edges || edges.length > 4 * MAX_NODES) return null;
  // Of two nodes with one name nobody could say which one a connection means.
  return new Set(nodes.map((node) => node.id)).size === nodes.length ? { nodes, edges } : null;
}

/** Nodes of a graph and of all groups in it. */
function count(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + 1 + (node.graph ? count(node.graph) : 0), 0);
}

function readNode(value: unknown, depth: number): Node | null {
  if (!isRecord(value) || !isName(value.id) || value.id.includes("/") || !isName(value.block)) return null;
  const { params = {}, repeat = 1, title = "" } = value;
  if (!isRecord(params) || !isPlain(params, MAX_DEPTH)) return null;
  if (!Number.isInteger(repeat) || Number(repeat) < 1 || Number(repeat) > 64) return null;
  if (!isText(title, MAX_NAME)) return null;
  const graph = value.graph ? readGraph(value.graph, depth - 1) : null;
  if (value.graph && !graph) return null;
  return newNode(value.id, value.block, {
    params: params as Record<string, JsonValue>,
    frozen: value.frozen === true,
    bypassed: value.bypassed === true,
    graph,
    repeat: Number(repeat),
    title,
  });
}

function readNote(value: unknown): Note | null {
  if (!isRecord(value) || !isText(value.text, MAX_NOTE)) return null;
  const { text, x = 0, y = 0, width = 200, height = 120, scope = "" } = value;
  const color = NOTE_COLORS.find((each) => each === value.color) ?? "yellow";
  if (!isCoordinate(x) || !isCoordinate(y) || !isCoordinate(width) || !isCoordinate(height)) return null;
  const [w, h] = [width, height].map((size) => Math.max(NOTE_LEAST, Math.min(NOTE_MOST, size)));
  return {
    id: "",
    text,
    x,
    y,
    width: w ?? 200,
    height: h ?? 120,
    color,
    scope: scope === "" ? "" : "inside",
  };
}

function readEdge(value: unknown): Edge | null {
  if (!isRecord(value)) return null;
  const { source, source_port: from = "y", target, target_port: to = "x" } = value;
  if (!isName(source) || !isName(from) || !isName(target) || !isName(to)) return null;
  return { source, source_port: from, target, target_port: to };
}

function readLayout(value: unknown): Map<string, Position> {
  const places = new Map<string, Position>();
  for (const [id, at] of isRecord(value) ? Object.entries(value) : []) {
    const [x, y] = Array.isArray(at) ? at : [];
    if (isCoordinate(x) && isCoordinate(y)) places.set(id, [x, y]);
  }
  return places;
}

/** A place that is on the map; a card a million pixels away is lost. */
function isCoordinate(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) < 1e6;
}

function isName(value: unknown): value is string {
  return isText(value, MAX_NAME) && value !== "";
}

/** Half a letter, which the kernel refuses: it cannot be written to a file. */
const HALF = /\p{Surrogate}/u;

function isText(value: unknown, longest: number): value is string {
  return typeof value === "string" && value.length <= longest && !HALF.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value can be written as JSON again: `1e999` is read as infinity. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string") return isText(value, MAX_NOTE);
  if (typeof value !== "object" || value === null) return true;
  return (
    depth > 0 && Object.entries(value).every(([key, each]) => !HALF.test(key) && isPlain(each, depth - 1))
  );
}
