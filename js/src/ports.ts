/** Groups as nodes: their ports, which are inner nodes of two blocks and lend them their ids, and their fields. */

import { changeNode, newNode, nodeOf, own } from "./document";
import { moveAside } from "./place";
import type { BlockEntry, Experiment, Graph, Port } from "./protocol";
import { graphOf, inside, type Scope, withInside } from "./scope";

/** Most copies of a group, as in the kernel. */
export const MAX_REPEAT = 64;

export type End = "inputs" | "outputs";

/** The blocks that are ports, seen from inside. */
export const PORT_BLOCKS: Readonly<Record<End, string>> = { inputs: "GroupInput", outputs: "GroupOutput" };

/** Names of the ports at one end of a group. */
export function portsOf(graph: Graph, end: End): string[] {
  // Of two nodes with one id the first is meant.
  return [...new Set(graph.nodes.flatMap((node) => (node.block === PORT_BLOCKS[end] ? [node.id] : [])))];
}

/** Ports of a block that the catalogue does not know: those at which connections end. */
export function portsInUse(graph: Graph, id: string, end: End): Port[] {
  const names = graph.edges.flatMap((edge) => {
    const [node, port] = end === "inputs" ? [edge.target, edge.target_port] : [edge.source, edge.source_port];
    return node === id ? [port] : [];
  });
  return [...new Set(names)].map((name) => ({ name, many: false }));
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

/** What stands in a node in view, if it is a group. */
export function graphAt(view: Experiment, id: string): Graph | null {
  return graphOf(nodeOf(view.graph, id));
}

/** The first name that no node has: `x`, `x2`, `x3`. */
export function freePort(taken: Set<string>, stem: string): string {
  let name = stem;
  for (let number = 2; taken.has(name); number += 1) name = `${stem}${number}`;
  taken.add(name);
  return name;
}

/** Whether a group can be repeated: what leaves one copy is what comes into the next. */
export function mayRepeat(graph: Graph): boolean {
  return portsOf(graph, "inputs").length === 1 && portsOf(graph, "outputs").length === 1;
}

/** Repeat a group so many times. */
export function setRepeat(view: Experiment, id: string, repeat: number): Experiment {
  const clamped = Math.max(1, Math.min(MAX_REPEAT, Math.round(repeat)));
  return changeNode(view, id, (node) => (node.repeat === clamped ? node : { ...node, repeat: clamped }));
}

/** Name a group for people. */
export function setTitle(view: Experiment, id: string, title: string): Experiment {
  return changeNode(view, id, (node) => (node.title === title ? node : { ...node, title }));
}

/** Add a port to the group that is in view. */
export function addPort(view: Experiment, end: End): Experiment {
  const { nodes } = view.graph;
  const name = freePort(new Set(nodes.map((node) => node.id)), end === "inputs" ? "x" : "y");
  const port = newNode(name, PORT_BLOCKS[end]);
  // Inputs stand before the others, so that the order of the nodes is that of the data.
  const at =
    end === "inputs" ? nodes.findLastIndex((node) => node.block === PORT_BLOCKS.inputs) + 1 : nodes.length;
  const graph = { ...view.graph, nodes: [...nodes.slice(0, at), port, ...nodes.slice(at)] };
  // Beside its like: at the other end of the group nobody would look for it.
  const last = own(view.layout, portsOf(view.graph, end).at(-1) ?? "");
  if (!last) return { ...view, graph };
  return moveAside(
    { ...view, graph, layout: { ...view.layout, [name]: [last[0], last[1]] } },
    name,
    new Map(),
  );
}

/**
 * The document in which the edges around a group follow its ports, after these were changed inside.
 *
 * A port that has another name keeps its edges; those of a port that went go with it.
 */
export function followPorts(document: Experiment, scope: Scope, before: Graph, after: Graph): Experiment {
  const id = scope.at(-1);
  const renamed = { inputs: newNames(before, after, "inputs"), outputs: newNames(before, after, "outputs") };
  if (id === undefined || renamed.inputs.size + renamed.outputs.size === 0) return document;
  const around = scope.slice(0, -1);
  const view = inside(document, around);
  const edges = view.graph.edges.flatMap((edge) => {
    const source_port = edge.source === id ? named(renamed.outputs, edge.source_port) : edge.source_port;
    const target_port = edge.target === id ? named(renamed.inputs, edge.target_port) : edge.target_port;
    if (source_port === null || target_port === null) return [];
    const isSame = source_port === edge.source_port && target_port === edge.target_port;
    return [isSame ? edge : { ...edge, source_port, target_port }];
  });
  return withInside(document, around, { ...view, graph: { ...view.graph, edges } });
}

function named(names: ReadonlyMap<string, string | null>, port: string): string | null {
  const name = names.get(port);
  return name === undefined ? port : name;
}

/** What became of the ports that are not there any more: another name, or nothing. */
function newNames(before: Graph, after: Graph, end: End): Map<string, string | null> {
  const [old, now] = [portsOf(before, end), new Set(portsOf(after, end))];
  const names = new Map<string, string | null>();
  for (const port of old) {
    if (now.has(port)) continue;
    // A node that is renamed stays where it stands among the others.
    const at = before.nodes.findIndex((node) => node.id === port);
    const next = before.nodes.length === after.nodes.length ? after.nodes[at] : undefined;
    const isRenamed = next?.block === PORT_BLOCKS[end] && !old.includes(next.id);
    names.set(port, isRenamed ? next.id : null);
  }
  return names;
}
