/** The difference of two documents in words, as a screen reader says it. */

import { nodeOf, own, sameEdge } from "../document";
import { show, valueIn } from "../panels/values";
import type { Edge, Experiment, Graph, Node } from "../protocol";
import type { CanvasStore } from "../store";
import { blockName, pick, sentence, type Values } from "../texts";
import { entryOf } from "./gestures";

/** Changes of one kind that are told one by one; more of them are counted. */
const FEW = 2;

/** What has changed since an older document; the most important sentence comes first. */
export function changes(old: Experiment, state: CanvasStore): string[] {
  const { document, language } = state;
  const say = (key: string, values: Values = {}): string =>
    sentence(`ui.access.live.${key}`, language, values);
  const found = inGraph(old.graph, document.graph, { state, say, prefix: "" });
  if (document.name !== old.name) found.push(say("named", { name: document.name }));
  if (document.data.name !== old.data.name) found.push(say("data", { name: document.data.name }));
  for (const param of state.catalogue.recipe) {
    const [before, now] = [Reflect.get(old.recipe, param.name), Reflect.get(document.recipe, param.name)];
    if (before !== now)
      found.push(say("set", { name: pick(param.title, language), value: show(valueIn(param, now)) }));
  }
  if (found.length > 0) return found;
  const moved = document.graph.nodes.filter((node) => {
    const [from, to] = [own(old.layout, node.id), own(document.layout, node.id)];
    return from && to && (from[0] !== to[0] || from[1] !== to[1]);
  });
  const [first] = moved;
  if (!first) return [];
  if (moved.length > FEW) return [say("moved_many", { count: moved.length })];
  return [say("moved", { node: moved.map((node) => named(document.graph, node.id)).join(", ") })];
}

type Say = (key: string, values?: Values) => string;

/** What the sentences of a graph need; `prefix` is the path of the group that holds it. */
interface Inside {
  state: CanvasStore;
  say: Say;
  prefix: string;
}

function inGraph(old: Graph, now: Graph, inside: Inside): string[] {
  if (old === now) return [];
  const { say, prefix } = inside;
  const before = new Map(old.nodes.map((node) => [node.id, node]));
  const after = new Map(now.nodes.map((node) => [node.id, node]));
  const added = now.nodes.filter((node) => !before.has(node.id));
  const removed = old.nodes.filter((node) => !after.has(node.id));
  const [one, other] = [added[0], removed[0]];
  if (one && other && added.length === 1 && removed.length === 1 && isRenamed(other, one)) {
    return [say("renamed", { node: other.id, name: one.id })];
  }
  const found: string[] = [];
  if (added.length > FEW) found.push(say("added_many", { count: added.length }));
  else for (const node of added) found.push(aboutNew(node, now, inside));
  if (removed.length > FEW) found.push(say("removed_many", { count: removed.length }));
  else for (const node of removed) found.push(say("removed", { node: named(old, node.id) }));
  if (found.length === 0) found.push(...aboutEdges(old, now, inside));
  for (const node of now.nodes) {
    const last = before.get(node.id);
    if (!last || last === node) continue;
    found.push(...aboutNode(last, node, now, inside));
    if (last.graph && node.graph)
      found.push(...inGraph(last.graph, node.graph, { ...inside, prefix: `${prefix}${node.id}/` }));
  }
  return found;
}

function isRenamed(old: Node, now: Node): boolean {
  return old.block === now.block && JSON.stringify(old.params) === JSON.stringify(now.params);
}

function aboutNew(node: Node, graph: Graph, inside: Inside): string {
  const { say } = inside;
  const into = graph.edges.find((edge) => edge.target === node.id);
  const out = graph.edges.find((edge) => edge.source === node.id);
  const values = {
    block: blockName(node.block, inside.state.language),
    source: into ? named(graph, into.source) : "",
    target: out ? named(graph, out.target) : "",
  };
  const key = into && out ? "added_between" : into ? "added_after" : out ? "added_before" : "added";
  return withShape(say(key, values), node, inside);
}

function aboutEdges(old: Graph, now: Graph, inside: Inside): string[] {
  const { say } = inside;
  const gone = lacking(old.edges, now.edges);
  const made = lacking(now.edges, old.edges);
  if (made.length + gone.length > 2 * FEW) return [say("wired", { count: made.length + gone.length })];
  const ends = (graph: Graph, edge: Edge): Values => ({
    source: named(graph, edge.source),
    target: named(graph, edge.target),
  });
  return [
    ...made.map((edge) => {
      const target = nodeOf(now, edge.target);
      return withShape(say("connected", ends(now, edge)), target, inside);
    }),
    // What takes the place of an older connection says enough.
    ...gone
      .filter((edge) => !made.some((each) => each.target === edge.target))
      .map((edge) => say("disconnected", ends(old, edge))),
  ];
}

function aboutNode(old: Node, node: Node, graph: Graph, inside: Inside): string[] {
  const { state, say } = inside;
  const name = named(graph, node.id);
  const blocks = { node: blockName(old.block, state.language), block: blockName(node.block, state.language) };
  if (old.block !== node.block) return [say("replaced", blocks)];
  const entry = entryOf(state.catalogue.blocks, node);
  const marks = (["bypassed", "frozen"] as const).flatMap((mark) =>
    old[mark] === node[mark] ? [] : [say(node[mark] ? mark : `not_${mark}`, { node: name })],
  );
  if (old.repeat !== node.repeat) marks.push(say("repeat", { node: name, count: node.repeat }));
  if (old.title !== node.title) marks.push(say("renamed", { node: name, name: node.title || blocks.block }));
  const names = [...new Set([...Object.keys(old.params), ...Object.keys(node.params)])].filter(
    (each) => JSON.stringify(own(old.params, each)) !== JSON.stringify(own(node.params, each)),
  );
  const texts = names.map((each) => {
    const param = entry?.params.find((one) => one.name === each);
    const value = own(node.params, each);
    return say("param", {
      node: name,
      name: param ? pick(param.title, state.language) : each,
      value: param ? show(valueIn(param, value)) : JSON.stringify(value),
    });
  });
  const last = texts.pop();
  return last === undefined ? marks : [...marks, ...texts, withShape(last, node, inside)];
}

/** A sentence, and what leaves the block now. */
function withShape(text: string, node: Node | undefined, { state, say, prefix }: Inside): string {
  const port = entryOf(state.catalogue.blocks, node)?.outputs[0]?.name;
  const known = own(state.analysis?.nodes, `${prefix}${node?.id}`)?.shapes;
  const sides = port === undefined ? undefined : own(known, port);
  if (sides === undefined || state.stale) return `${text}.`;
  return `${text}, ${say("output", { shape: spoken(sides, say) })}.`;
}

/** A shape in words: `32 by 26 by 26`. */
function spoken(sides: readonly number[], say: Say): string {
  return sides.join(` ${say("by")} `);
}

/** A node as people call it: by its block where there is one only, else by its own name. */
export function named(graph: Graph, id: string): string {
  const node = nodeOf(graph, id);
  if (!node) return id;
  return graph.nodes.filter((each) => each.block === node.block).length === 1 ? node.block : id;
}

/** The edges that are not among others. */
function lacking(edges: readonly Edge[], others: readonly Edge[]): Edge[] {
  // Most of them are the very same objects, also in a large network.
  const same = new Set(others);
  return edges.filter((edge) => !same.has(edge) && !others.some((each) => sameEdge(edge, each)));
}
