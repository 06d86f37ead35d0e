/** Changes of a document as pure functions: each takes an experiment and returns the next one. */

import type {
  BlockEntry,
  DataRef,
  Edge,
  Experiment,
  Graph,
  JsonValue,
  Node,
  Note,
  Param,
  SavedGroup,
} from "./protocol";

export type Position = [number, number];

/** An experiment, and the nodes that a change has made. */
export interface Added {
  document: Experiment;
  ids: string[];
}

/** Most notes that a document may hold, as in the kernel. */
export const MAX_NOTES = 500;

/** Where copies stand, seen from their originals, in pixels. */
const COPY_OFFSET = 32;

/** How far, in pixels, a card may stand beside its column. */
const ASTRAY = 16;

/**
 * What a record holds under a name that a person or a stranger chose.
 *
 * A node may be called `constructor` or `__proto__`; what every object inherits is no entry.
 */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}

const known = new WeakMap<readonly Node[], ReadonlyMap<string, Node>>();

/** The node of an id; of two with one id the first, as everywhere. */
export function nodeOf({ nodes }: Pick<Graph, "nodes">, id: string | undefined): Node | undefined {
  if (id === undefined) return undefined;
  let found = known.get(nodes);
  if (!found) {
    // A thousand cards ask at every change.
    found = new Map([...nodes].reverse().map((node) => [node.id, node]));
    known.set(nodes, found);
  }
  return found.get(id);
}

/** The first free id of a stem: `conv1`, `conv2`. */
export function freeId(nodes: readonly { id: string }[], stem: string): string {
  const taken = new Set(nodes.map((node) => node.id));
  let number = 1;
  while (taken.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

/** A node as the kernel writes it: with every field, most of them at their defaults. */
export function newNode(id: string, block: string, more: Partial<Node> = {}): Node {
  return {
    id,
    block,
    params: {},
    frozen: false,
    bypassed: false,
    graph: null,
    repeat: 1,
    title: "",
    ...more,
  };
}

/** The first part of a path: the node itself, or the group in view that holds it. */
export function head(path: string): string {
  const end = path.indexOf("/");
  return end < 0 ? path : path.slice(0, end);
}

/** What can be added: a block, or a group with all that is in it. */
export interface Offer extends BlockEntry {
  group?: SavedGroup;
}

/** Add a node of a block, without connections. */
export function addNode(document: Experiment, entry: Offer, position?: Position): Added {
  const { group } = entry;
  const id = freeId(document.graph.nodes, group ? stemOf(group.node.id) : entry.stem);
  const node = group ? { ...group.node, id } : newNode(id, entry.name);
  const inner = Object.entries(group?.layout ?? {}).map(([key, at]): [string, Position] => [
    `${id}/${key}`,
    at,
  ]);
  const outer: [string, Position][] = position ? [[id, position]] : [];
  const layout =
    inner.length + outer.length === 0
      ? document.layout
      : Object.fromEntries([...Object.entries(document.layout), ...inner, ...outer]);
  const nodes = [...document.graph.nodes, node];
  return { document: { ...document, layout, graph: { ...document.graph, nodes } }, ids: [id] };
}

/** What the ids of copies of a node begin with. */
export function stemOf(id: string): string {
  return id.replace(/\d+$/, "") || "block";
}

/** Connect two ports; an ordinary input takes one edge, so a new one takes the place of the old. */
export function connect(document: Experiment, edge: Edge, many = false): Experiment {
  const { edges } = document.graph;
  if (edges.some((each) => sameEdge(each, edge))) return document;
  const old = many ? undefined : edges.find((each) => sameTarget(each, edge));
  return withEdges(document, old ? edges.map((each) => (each === old ? edge : each)) : [...edges, edge]);
}

/** Remove edges. */
export function disconnect(document: Experiment, gone: readonly Edge[]): Experiment {
  const edges = document.graph.edges.filter((edge) => !gone.some((each) => sameEdge(each, edge)));
  return edges.length === document.graph.edges.length ? document : withEdges(document, edges);
}

/** Put a new node of a block into an edge. A block without input or output is only added. */
export function insertOnEdge(
  document: Experiment,
  entry: BlockEntry,
  edge: Edge,
  position?: Position,
): Added {
  const added = addNode(document, entry, position);
  const [id] = added.ids;
  const [input, output] = [entry.inputs[0], entry.outputs[0]];
  if (!id || !input || !output) return added;
  return {
    ...added,
    document: insertNode(added.document, id, edge, input.name, output.name),
  };
}

/** Put a node that exists into an edge, through two of its ports. */
export function insertNode(
  document: Experiment,
  id: string,
  edge: Edge,
  input: string,
  output: string,
): Experiment {
  const before: Edge = { source: edge.source, source_port: edge.source_port, target: id, target_port: input };
  const after: Edge = { source: id, source_port: output, target: edge.target, target_port: edge.target_port };
  // The second half keeps the place of the edge: the order of the inputs of a merge stays.
  const edges = document.graph.edges.flatMap((each) => (sameEdge(each, edge) ? [before, after] : [each]));
  return withEdges(document, edges);
}

/** Remove nodes and connect what stood around them, along their first inputs. */
export function removeNodes(document: Experiment, ids: readonly string[]): Experiment {
  const gone = new Set(ids);
  const nodes = document.graph.nodes.filter((node) => !gone.has(node.id));
  if (nodes.length === document.graph.nodes.length) return document;
  const edges: Edge[] = [];
  const keep = (edge: Edge): void => {
    if (edge.source !== edge.target && !edges.some((each) => sameEdge(each, edge))) edges.push(edge);
  };
  for (const edge of document.graph.edges) {
    if (gone.has(edge.target)) continue;
    const source = gone.has(edge.source) ? upstream(document.graph, edge, gone) : edge;
    if (source) keep({ ...edge, source: source.source, source_port: source.source_port });
  }
  const layout = Object.fromEntries(Object.entries(document.layout).filter(([key]) => !gone.has(head(key))));
  const notes = document.notes.filter((note) => note.scope === "" || !gone.has(head(note.scope)));
  return closeGap(document, { ...document, layout, notes, graph: { nodes, edges } });
}

/** Move what stands below removed nodes up into their place, where from there on all is one plain column. */
export function closeGap(before: Experiment, after: Experiment): Experiment {
  const kept = new Set(after.graph.nodes.map(({ id }) => id));
  const column = before.graph.nodes
    .flatMap(({ id }): [string, Position][] => {
      const at = own(before.layout, id);
      return at ? [[id, at]] : [];
    })
    .sort(([, [, one]], [, [, other]]) => one - other);
  const first = column.findIndex(([id]) => !kept.has(id));
  const [left = 0, top = 0] = column[first]?.[1] ?? [];
  const isPlain =
    column.slice(first).every(([, [x]]) => Math.abs(x - left) < ASTRAY) &&
    before.notes.every((note) => note.scope !== "" || note.y + note.height < top);
  // What stood first leaves no gap.
  if (first < 1 || !isPlain) return after;
  let gap = 0;
  const moved = column.flatMap(([id, [x, y]], at): [string, Position][] => {
    if (kept.has(id)) return [[id, [x, y - gap]]];
    gap += (column[at + 1]?.[1][1] ?? y) - y;
    return [];
  });
  return { ...after, layout: Object.fromEntries([...Object.entries(after.layout), ...moved]) };
}

/** Copy nodes with the edges between them, a little aside. */
export function duplicateNodes(document: Experiment, ids: readonly string[]): Added {
  const names = new Map<string, string>();
  let { nodes } = document.graph;
  const layout = new Map(Object.entries(document.layout));
  for (const node of document.graph.nodes) {
    if (!ids.includes(node.id) || names.has(node.id)) continue;
    const id = freeId(nodes, stemOf(node.id));
    names.set(node.id, id);
    nodes = [...nodes, { ...node, id }];
    const position = own(document.layout, node.id);
    if (position) layout.set(id, [position[0] + COPY_OFFSET, position[1] + COPY_OFFSET]);
  }
  for (const [key, at] of Object.entries(document.layout)) {
    const copy = names.get(head(key));
    if (copy && key.includes("/")) layout.set(copy + key.slice(head(key).length), at);
  }
  const notes = document.notes.flatMap((note) => {
    const copy = note.scope === "" ? undefined : names.get(head(note.scope));
    return copy ? [{ ...note, scope: copy + note.scope.slice(head(note.scope).length) }] : [];
  });
  const copies = document.graph.edges.flatMap((edge) => {
    const [source, target] = [names.get(edge.source), names.get(edge.target)];
    return source && target ? [{ ...edge, source, target }] : [];
  });
  const graph = { nodes, edges: [...document.graph.edges, ...copies] };
  const copied = { ...document, layout: Object.fromEntries(layout), graph };
  return { document: withNotes(copied, notes), ids: [...names.values()] };
}

/** Set a parameter; the default is what stands when nothing is said, so it is not written. */
export function setParam(
  document: Experiment,
  id: string,
  name: string,
  value: JsonValue,
  params: readonly Param[],
): Experiment {
  const param = params.find((each) => each.name === name);
  return changeNode(document, id, (node) => {
    const { [name]: _, ...rest } = node.params;
    const isDefault = param !== undefined && JSON.stringify(param.default) === JSON.stringify(value);
    return { ...node, params: isDefault ? rest : { ...node.params, [name]: value } };
  });
}

/** Give a node another id; whoever uses it must see to it that the id is free. */
export function renameNode(document: Experiment, id: string, to: string): Experiment {
  const named = (name: string): string => (name === id ? to : name);
  const edges = document.graph.edges.map((edge) =>
    edge.source === id || edge.target === id
      ? { ...edge, source: named(edge.source), target: named(edge.target) }
      : edge,
  );
  // What is inside of a group is named by it.
  const moved = (path: string): string =>
    path === id || path.startsWith(`${id}/`) ? to + path.slice(id.length) : path;
  const layout = Object.fromEntries(Object.entries(document.layout).map(([key, at]) => [moved(key), at]));
  const notes = document.notes.map((note) => {
    const scope = moved(note.scope);
    return scope === note.scope ? note : { ...note, scope };
  });
  const renamed = changeNode(document, id, (node) => ({ ...node, id: to }));
  return { ...renamed, layout, notes, graph: { ...renamed.graph, edges } };
}

/** Add notes, as many as there is room for; an id that is taken gives way. */
export function withNotes(document: Experiment, added: readonly Note[]): Experiment {
  const fitting = added.slice(0, Math.max(0, MAX_NOTES - document.notes.length));
  if (fitting.length === 0) return document;
  const taken = new Set(document.notes.map((note) => note.id));
  const notes = [...document.notes];
  for (const note of fitting) {
    let { id } = note;
    for (let number = 1; taken.has(id); number += 1) id = `note${number}`;
    taken.add(id);
    notes.push({ ...note, id });
  }
  return { ...document, notes };
}

/** Move nodes. */
export function place(document: Experiment, positions: Readonly<Record<string, Position>>): Experiment {
  return { ...document, layout: { ...document.layout, ...positions } };
}

/** Name the experiment. */
export function rename(document: Experiment, name: string): Experiment {
  return name === document.name ? document : { ...document, name };
}

/** Set one value of the recipe. */
export function setRecipe(document: Experiment, name: string, value: JsonValue): Experiment {
  return { ...document, recipe: { ...document.recipe, [name]: value } };
}

/** A named data set, as a document holds it. */
export function namedData(name: string): DataRef {
  return { name, path: null, facts: null, exclude: [] };
}

/** Choose the data: a named set, or own pictures. */
export function setData(document: Experiment, data: DataRef): Experiment {
  return equal(data, document.data) ? document : { ...document, data };
}

/** Leave training pictures out, beside those that are out already. */
export function leaveOut(document: Experiment, pictures: readonly number[]): Experiment {
  const exclude = [...new Set([...document.data.exclude, ...pictures])].sort((one, other) => one - other);
  return setData(document, { ...document.data, exclude });
}

/** Take all pictures back that were left out. */
export function takeBack(document: Experiment): Experiment {
  return setData(document, { ...document.data, exclude: [] });
}

/** Whether two documents, or parts of them, say the same; the order of keys says nothing. */
export function equal(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && equal(Reflect.get(one, key), Reflect.get(other, key)))
  );
}

/** A document with the nodes of another where they say the same: a card whose node stays is not drawn again. */
export function sharing(before: Experiment, after: Experiment): Experiment {
  const nodes = after.graph.nodes.map((node) => {
    const old = nodeOf(before.graph, node.id);
    return old && equal(old, node) ? old : node;
  });
  return { ...after, graph: { ...after.graph, nodes } };
}

/** Whether two edges are the same. */
export function sameEdge(one: Edge, other: Edge): boolean {
  return one.source === other.source && one.source_port === other.source_port && sameTarget(one, other);
}

/** Whether two edges end at the same port. */
export function sameTarget(one: Edge, other: Edge): boolean {
  return one.target === other.target && one.target_port === other.target_port;
}

/** The edge that brings what an edge would carry if some nodes were not there. */
function upstream(graph: Graph, edge: Edge, gone: ReadonlySet<string>): Edge | undefined {
  let found: Edge | undefined = edge;
  // A file may hold a cycle; a walk that is longer than the graph runs in one.
  for (let left = graph.edges.length; found && gone.has(found.source) && left >= 0; left -= 1) {
    const { source }: Edge = found;
    found = graph.edges.find((each) => each.target === source);
  }
  return found && !gone.has(found.source) ? found : undefined;
}

/** Change one node. */
export function changeNode(document: Experiment, id: string, change: (node: Node) => Node): Experiment {
  // Of two nodes with one id the first is meant, as in the kernel.
  const index = document.graph.nodes.findIndex((node) => node.id === id);
  const nodes = document.graph.nodes.map((node, at) => (at === index ? change(node) : node));
  return { ...document, graph: { ...document.graph, nodes } };
}

function withEdges(document: Experiment, edges: Edge[]): Experiment {
  return { ...document, graph: { ...document.graph, edges } };
}
