/** Groups as pure functions: made of some nodes, and unpacked again. */

import { freeId, newNode, nodeOf, own, type Position, stemOf, withNotes } from "./document";
import { order } from "./order";
import { GAP, GROUP_HEIGHT, type Heights, SETTINGS_HEIGHT } from "./place";
import { type End, freePort, PORT_BLOCKS, portsOf } from "./ports";
import type { BlockEntry, Edge, Experiment, Graph, Node } from "./protocol";
import { graphOf, inside } from "./scope";

type Entries = readonly BlockEntry[];

export interface Made {
  document: Experiment;
  /** The new group. */
  id: string;
  /** Nodes that came along, because data would leave the group there and come back. */
  added: readonly string[];
  /** How many of the chosen nodes cannot stand in a group: the ends of the network and the ports around. */
  left: number;
}

/** Make one group of nodes; `null` where none of them can stand in one. */
export function makeGroup(
  view: Experiment,
  ids: readonly string[],
  entries: Entries,
  heights: Heights,
): Made | null {
  const { nodes, edges } = view.graph;
  const movable = nodes.filter((node) => !isEnd(node, entries)).map((node) => node.id);
  const chosen = new Set(movable.filter((id) => ids.includes(id)));
  if (chosen.size === 0) return null;
  const [after, before] = [reached(edges, chosen, "source"), reached(edges, chosen, "target")];
  const added = movable.filter((id) => !chosen.has(id) && after.has(id) && before.has(id));
  const members = new Set([...chosen, ...added]);
  const id = freeId(nodes, entries.find((each) => each.name === "Group")?.stem ?? "group");
  const { graph, outer } = cut(view.graph, members, id, entries);
  const at = nodes.findIndex((node) => members.has(node.id));
  const kept = nodes.flatMap((node, index) => {
    if (index === at) return [newNode(id, "Group", { graph })];
    return members.has(node.id) ? [] : [node];
  });
  const placed = packed({ ...view, graph: { nodes: kept, edges: outer } }, view, members, id, heights);
  const left = ids.filter((each) => nodes.some((node) => node.id === each) && !chosen.has(each)).length;
  return { document: placed, id, added, left };
}

/** Whether a node is an end of the network or a port of the group around. */
export function isEnd(node: Node, entries: Entries): boolean {
  const family = entries.find((entry) => entry.name === node.block)?.family;
  return family === "data" || Object.values(PORT_BLOCKS).includes(node.block);
}

/** Everything that is reached from some nodes along the edges, or against them. */
function reached(edges: readonly Edge[], from: Iterable<string>, end: "source" | "target"): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [near, far] = end === "source" ? [edge.source, edge.target] : [edge.target, edge.source];
    next.set(near, [...(next.get(near) ?? []), far]);
  }
  const open = [...from];
  const found = new Set<string>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const far of next.get(at) ?? []) {
      if (found.has(far)) continue;
      found.add(far);
      open.push(far);
    }
  }
  return found;
}

/** One output of a node: what an edge carries. */
type Socket = readonly [node: string, port: string];

const key = (socket: Socket): string => JSON.stringify(socket);

/** The graph of a group, and the edges around it. Both keep their order, which is that of the inputs of a merge. */
function cut(
  graph: Graph,
  members: ReadonlySet<string>,
  id: string,
  entries: Entries,
): { graph: Graph; outer: Edge[] } {
  const taken = new Set(members);
  const inputs = new Map<string, string>();
  const outputs = new Map<string, string>();
  const incoming = graph.edges.filter((edge) => !members.has(edge.source) && members.has(edge.target));
  const outgoing = graph.edges.filter((edge) => members.has(edge.source) && !members.has(edge.target));
  const rank = new Map(order(graph).map((each, at) => [each, at]));
  const first = byRank(incoming, (edge) => rank.get(edge.target) ?? 0);
  for (const edge of first) {
    const socket = key([edge.source, edge.source_port]);
    if (inputs.has(socket)) continue;
    const targets = incoming.filter((each) => key([each.source, each.source_port]) === socket);
    const isSkip = targets.every((each) => takesMany(graph, each, entries));
    inputs.set(socket, freePort(taken, isSkip && inputs.size > 0 ? "skip" : "x"));
  }
  for (const edge of byRank(outgoing, (each) => -(rank.get(each.source) ?? 0))) {
    const socket = key([edge.source, edge.source_port]);
    if (!outputs.has(socket)) outputs.set(socket, freePort(taken, "y"));
  }
  const inner: Edge[] = [];
  const outer: Edge[] = [];
  const used = new Set<string>();
  for (const edge of graph.edges) {
    const [from, to] = [members.has(edge.source), members.has(edge.target)];
    const socket = key([edge.source, edge.source_port]);
    const isNew = !used.has(socket);
    if (from && to) inner.push(edge);
    else if (to) {
      const name = inputs.get(socket) ?? "";
      if (isNew) outer.push({ ...edge, target: id, target_port: name });
      inner.push({ ...edge, source: name, source_port: "y" });
      used.add(socket);
    } else if (from) {
      const name = outputs.get(socket) ?? "";
      if (isNew) inner.push({ ...edge, target: name, target_port: "x" });
      outer.push({ ...edge, source: id, source_port: name });
      used.add(socket);
    } else outer.push(edge);
  }
  const loose = looseEnds(graph, members, entries);
  if (inputs.size === 0)
    for (const [node, port] of loose.inputs) {
      const name = freePort(taken, "x");
      inputs.set(name, name);
      inner.push({ source: name, source_port: "y", target: node, target_port: port });
    }
  if (outputs.size === 0)
    for (const [node, port] of loose.outputs) {
      const name = freePort(taken, "y");
      outputs.set(name, name);
      inner.push({ source: node, source_port: port, target: name, target_port: "x" });
    }
  const nodes = [
    ...[...inputs.values()].map((name) => newNode(name, PORT_BLOCKS.inputs)),
    ...graph.nodes.filter((node) => members.has(node.id)),
    ...[...outputs.values()].map((name) => newNode(name, PORT_BLOCKS.outputs)),
  ];
  return { graph: { nodes, edges: inner }, outer };
}

function byRank<T>(items: readonly T[], rank: (item: T) => number): T[] {
  return [...items].sort((one, other) => rank(one) - rank(other));
}

function takesMany(graph: Graph, edge: Edge, entries: Entries): boolean {
  const block = nodeOf(graph, edge.target)?.block;
  const ports = entries.find((entry) => entry.name === block)?.inputs;
  return ports?.find((port) => port.name === edge.target_port)?.many ?? false;
}

/** First inputs that nothing feeds, and first outputs that lead nowhere: the ports of nodes that stand alone. */
function looseEnds(
  { nodes, edges }: Graph,
  members: ReadonlySet<string>,
  entries: Entries,
): Record<End, Socket[]> {
  const found: Record<End, Socket[]> = { inputs: [], outputs: [] };
  for (const node of nodes) {
    const entry = entries.find((each) => each.name === node.block);
    const graph = graphOf(node);
    if (!members.has(node.id) || !entry) continue;
    const input = graph ? portsOf(graph, "inputs")[0] : entry.inputs[0]?.name;
    const output = graph ? portsOf(graph, "outputs")[0] : entry.outputs[0]?.name;
    if (input && !edges.some((edge) => edge.target === node.id)) found.inputs.push([node.id, input]);
    if (output && !edges.some((edge) => edge.source === node.id)) found.outputs.push([node.id, output]);
  }
  return found;
}

/** Put the group where its members stood; what stood below them, and nothing beside, moves up. */
function packed(
  document: Experiment,
  before: Experiment,
  members: ReadonlySet<string>,
  id: string,
  heights: Heights,
): Experiment {
  const height = (each: string): number => heights.get(each) ?? SETTINGS_HEIGHT;
  const spots = [...members].flatMap((each) => {
    const at = own(before.layout, each);
    return at ? [{ x: at[0], y: at[1], foot: at[1] + height(each) }] : [];
  });
  if (spots.length === 0) return document;
  const [left, top] = cornerOf(spots.map(({ x, y }) => [x, y]));
  const foot = Math.max(...spots.map((spot) => spot.foot));
  const first = spots.find((spot) => spot.y === top);
  const spare = foot - top - GROUP_HEIGHT;
  const isAlone = document.graph.nodes.every((node) => {
    const at = own(before.layout, node.id);
    return !at || at[1] >= foot || at[1] + height(node.id) <= top;
  });
  const layout = Object.entries(before.layout).map(([path, at]): [string, Position] => {
    const [head = "", ...rest] = path.split("/");
    if (members.has(head)) {
      return [`${id}/${path}`, rest.length > 0 ? at : [at[0] - left, at[1] - top]];
    }
    const rises = rest.length === 0 && isAlone && spare > 0 && at[1] >= foot;
    return [path, rises ? [at[0], at[1] - spare] : at];
  });
  const notes = before.notes.map((note) =>
    note.scope !== "" && members.has(note.scope.split("/", 1)[0] ?? "")
      ? { ...note, scope: `${id}/${note.scope}` }
      : note,
  );
  const at: Position = [first?.x ?? left, top];
  return { ...document, notes, layout: Object.fromEntries([...layout, [id, at]]) };
}

function cornerOf(spots: readonly Position[]): Position {
  return [Math.min(...spots.map(([x]) => x)), Math.min(...spots.map(([, y]) => y))];
}

/** What a group held, and the nodes that stand in its place now. */
export interface Unpacked {
  document: Experiment;
  ids: readonly string[];
}

/** Put what is in a group in its place, as often as it is repeated. */
export function unpack(view: Experiment, id: string, heights: Heights, innerHeights: Heights): Unpacked {
  const at = view.graph.nodes.findIndex((node) => node.id === id);
  const node = view.graph.nodes[at];
  const graph = graphOf(node);
  if (!node || !graph) return { document: view, ids: [] };
  const others = view.graph.nodes.filter((_, index) => index !== at);
  const isPort = (each: Node): boolean => Object.values(PORT_BLOCKS).includes(each.block);
  const content = graph.nodes.filter((each) => !isPort(each));
  const copies: Copy[] = [];
  let taken = others;
  for (let count = 1; count <= node.repeat; count += 1) {
    const names = new Map<string, string>();
    for (const each of graph.nodes) {
      if (names.has(each.id)) continue;
      // A port is a node until the edges are drawn through it; no id begins like this.
      if (isPort(each)) names.set(each.id, `\0${count}/${each.id}`);
      else {
        const isFree = taken.every((other) => other.id !== each.id);
        const name = isFree ? each.id : freeId(taken, stemOf(each.id));
        names.set(each.id, name);
        taken = [...taken, { ...each, id: name }];
      }
    }
    copies.push({ names, graph });
  }
  const made = copies.flatMap(({ names }) =>
    content.map((each) => ({
      ...each,
      id: names.get(each.id) ?? each.id,
      frozen: each.frozen || node.frozen,
      bypassed: each.bypassed || node.bypassed,
    })),
  );
  const nodes = [...others.slice(0, at), ...made, ...others.slice(at)];
  const edges = through(joined(view.graph.edges, id, copies), copies.flatMap(portNames));
  const next = { ...view, graph: { nodes, edges } };
  return {
    document: spreadOut(next, view, id, copies, heights, innerHeights),
    ids: made.map((each) => each.id),
  };
}

/** One repetition: what its nodes are called outside. */
interface Copy {
  names: ReadonlyMap<string, string>;
  graph: Graph;
}

function portNames({ names, graph }: Copy): string[] {
  return [...portsOf(graph, "inputs"), ...portsOf(graph, "outputs")].map((port) => names.get(port) ?? port);
}

/** All edges, with the ports of the group as nodes. */
function joined(edges: readonly Edge[], id: string, copies: readonly Copy[]): Edge[] {
  const [first, last] = [copies[0], copies.at(-1)];
  const found = edges.flatMap((edge) => {
    const source = edge.source === id ? portNode(last, "outputs", edge.source_port) : edge.source;
    const target = edge.target === id ? portNode(first, "inputs", edge.target_port) : edge.target;
    if (source === undefined || target === undefined) return [];
    const source_port = edge.source === id ? "y" : edge.source_port;
    return [{ source, source_port, target, target_port: edge.target === id ? "x" : edge.target_port }];
  });
  copies.forEach((copy, index) => {
    const before = copies[index - 1];
    const [input] = portsOf(copy.graph, "inputs");
    const [output] = portsOf(copy.graph, "outputs");
    const source = before && portNode(before, "outputs", output ?? "");
    const target = portNode(copy, "inputs", input ?? "");
    if (source && target) found.push({ source, source_port: "y", target, target_port: "x" });
    for (const edge of copy.graph.edges) {
      const [from, to] = [copy.names.get(edge.source), copy.names.get(edge.target)];
      if (from !== undefined && to !== undefined) found.push({ ...edge, source: from, target: to });
    }
  });
  return found;
}

function portNode(copy: Copy | undefined, end: End, port: string): string | undefined {
  return copy && portsOf(copy.graph, end).includes(port) ? copy.names.get(port) : undefined;
}

/** Edges without nodes that only pass on what comes to them; each edge out of one keeps its place. */
function through(edges: Edge[], gone: readonly string[]): Edge[] {
  return gone.reduce((left, port) => {
    const feed = left.find((edge) => edge.target === port && edge.source !== port);
    return left.flatMap((edge) => {
      if (edge.target === port) return [];
      if (edge.source !== port) return [edge];
      return feed ? [{ ...edge, source: feed.source, source_port: feed.source_port }] : [];
    });
  }, edges);
}

/** Place what came out of a group, one repetition below the other; what stood below gives way. */
function spreadOut(
  document: Experiment,
  before: Experiment,
  id: string,
  copies: readonly Copy[],
  heights: Heights,
  innerHeights: Heights,
): Experiment {
  const view = inside(before, [id]);
  const corner = own(before.layout, id) ?? [0, 0];
  const spots = view.graph.nodes.flatMap((node) => {
    const at = own(view.layout, node.id);
    const isPort = Object.values(PORT_BLOCKS).includes(node.block);
    return at && !isPort ? [{ at, foot: at[1] + (innerHeights.get(node.id) ?? SETTINGS_HEIGHT) }] : [];
  });
  const [left, top] = spots.length > 0 ? cornerOf(spots.map(({ at }) => at)) : [0, 0];
  const tall = spots.length > 0 ? Math.max(...spots.map(({ foot }) => foot)) - top : 0;
  // The column of the top card is that of the group: what is above and below stays in line.
  const column = spots.find(({ at }) => at[1] === top)?.at[0] ?? left;
  const layout: [string, Position][] = [];
  const needed = copies.length * (tall + GAP) - GAP;
  const foot = corner[1] + (heights.get(id) ?? GROUP_HEIGHT);
  for (const [path, at] of Object.entries(before.layout)) {
    if (path === id || path.startsWith(`${id}/`)) continue;
    const sinks = !path.includes("/") && at[1] >= foot;
    layout.push([path, sinks ? [at[0], at[1] + Math.max(0, corner[1] + needed - foot)] : at]);
  }
  copies.forEach(({ names }, count) => {
    const shift = count * (tall + GAP) - top;
    for (const [path, at] of Object.entries(view.layout)) {
      const [head = "", ...rest] = path.split("/");
      const name = names.get(head);
      if (name === undefined || name.startsWith("\0")) continue;
      const spot: Position = rest.length > 0 ? at : [corner[0] + at[0] - column, corner[1] + at[1] + shift];
      layout.push([[name, ...rest].join("/"), spot]);
    }
  });
  const outside = before.notes.filter((note) => note.scope !== id && !note.scope.startsWith(`${id}/`));
  const freed = copies.flatMap(({ names }, count) =>
    view.notes.flatMap((note) => {
      if (note.scope === "") {
        return count === 0 ? [{ ...note, x: corner[0] + note.x - column, y: corner[1] + note.y - top }] : [];
      }
      const [head = "", ...rest] = note.scope.split("/");
      return [{ ...note, scope: [names.get(head) ?? head, ...rest].join("/") }];
    }),
  );
  return withNotes({ ...document, layout: Object.fromEntries(layout), notes: outside }, freed);
}
