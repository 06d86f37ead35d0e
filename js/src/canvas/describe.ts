/** A card in words: what a screen reader says when it has the focus. */

import { own } from "../document";
import { show, valueIn } from "../panels/values";
import type { Edge, Graph, Node } from "../protocol";
import { stateOf } from "../scope";
import type { CanvasStore } from "../store";
import { blockName, pick, problemText, sentence } from "../texts";
import { isBeginning } from "./beginning";
import { entryOf } from "./gestures";
import { problemsIn } from "./problemsIn";

interface Ends {
  from: ReadonlyMap<string, readonly string[]>;
  to: ReadonlyMap<string, readonly string[]>;
}

const ends = new WeakMap<readonly Edge[], Ends>();

/** What feeds each node and what it feeds; found once for a state of the connections. */
export function endsOf({ edges }: Pick<Graph, "edges">): Ends {
  let found = ends.get(edges);
  if (!found) {
    const [from, to] = [new Map<string, string[]>(), new Map<string, string[]>()];
    const put = (map: Map<string, string[]>, key: string, value: string): void => {
      const list = map.get(key);
      if (list) list.push(value);
      else map.set(key, [value]);
    };
    for (const { source, target } of edges) {
      put(to, source, target);
      put(from, target, source);
    }
    found = { from, to };
    ends.set(edges, found);
  }
  return found;
}

/** Name, settings, output, connections and problem of a node. */
export function describe(node: Node, state: CanvasStore): string {
  const { analysis, catalogue, language, scope, view } = state;
  const say = (key: string, values = {}): string => sentence(`ui.access.card.${key}`, language, values);
  const entry = entryOf(catalogue.blocks, node);
  const parts = [`${blockName(node.title || node.block, language)} ${node.id}`];
  if (node.bypassed) parts.push(say("bypassed"));
  if (node.frozen) parts.push(say("frozen"));
  if (node.repeat > 1) parts.push(say("repeat", { count: node.repeat }));
  for (const param of entry?.params ?? []) {
    const value = node.params[param.name];
    if (param.primary || value !== undefined)
      parts.push(`${pick(param.title, language)} ${show(valueIn(param, value))}`);
  }
  const port = entry?.outputs[0]?.name;
  const sides = port === undefined ? undefined : own(stateOf(state, node.id)?.shapes, port);
  if (port !== undefined)
    parts.push(sides ? say("output", { shape: sides.join(` ${say("by")} `) }) : say("unknown"));
  const { from, to } = endsOf(view.graph);
  const [sources, targets] = [from.get(node.id), to.get(node.id)];
  if (entry?.inputs.length)
    parts.push(sources ? say("from", { names: sources.join(", ") }) : say("from_none"));
  if (entry?.outputs.length) parts.push(targets ? say("to", { names: targets.join(", ") }) : say("to_none"));
  const problem = analysis && !isBeginning(state) ? problemsIn(analysis, scope).get(node.id) : undefined;
  if (problem)
    parts.push(say("problem", { text: problemText(problem, "message", language) || problem.code }));
  return parts.join(", ");
}
