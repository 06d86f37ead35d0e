/** The document as React Flow takes it: cards, notes and connections. */

import type { Edge as FlowEdge, Node as FlowNode } from "@xyflow/react";
import { own } from "../document";
import type { Experiment, Node } from "../protocol";
import { drawn, type Step } from "./grownCards";
import { flowId, nodeId, noteName } from "./ids";
import { edgeId } from "./useDrop";
import { attributes, labelId, type Roving } from "./useRoving";

/** Cards for React Flow; what did not change stays the same object, so that it is not drawn again. */
export function flowNodes(
  document: Experiment,
  old: readonly FlowNode[],
  selection: readonly string[],
  steps: readonly Step[],
  roving: Roving,
  guess: (node: Node) => Partial<FlowNode>,
  fresh: readonly string[],
): FlowNode[] {
  const before = new Map(old.map((node) => [nodeId(node.id), node]));
  const chosen = new Set(selection);
  const seen = new Set<string>();
  const cards = document.graph.nodes.flatMap((node) => {
    // Of two nodes with one id the first is drawn; the problem list offers to rename the other.
    if (seen.has(node.id)) return [];
    seen.add(node.id);
    const [x, top] = own(document.layout, node.id) ?? [0, 0];
    const y = drawn(steps, top);
    const last = before.get(node.id);
    const selected = chosen.has(node.id);
    const domAttributes = attributes(node.id, roving, last?.domAttributes);
    // A card takes what stands in its node from the document itself.
    if (last && last.selected === selected && last.domAttributes === domAttributes) {
      if (last.position.x === x && last.position.y === y) return [last];
      return [{ ...last, position: { x, y } }];
    }
    const data = { node, label: labelId(roving.prefix, node.id) };
    const known = last ?? guess(node);
    return [
      { ...known, id: flowId(node.id), type: "block", position: { x, y }, data, selected, domAttributes },
    ];
  });
  return same([...flowNotes(document, old, fresh), ...cards], old);
}

/** Notes for React Flow; they lie below the cards. */
function flowNotes(document: Experiment, old: readonly FlowNode[], fresh: readonly string[]): FlowNode[] {
  const before = new Map(old.map((node) => [node.id, node]));
  return document.notes.flatMap((note) => {
    if (note.scope !== "") return [];
    const id = noteName(note.id);
    const last = before.get(id);
    if (last?.data.note === note && last.position.x === note.x && last.position.y === note.y) return [last];
    const selected = last ? (last.selected ?? false) : fresh.includes(note.id);
    const position = { x: note.x, y: note.y };
    return [{ ...last, id, type: "note", position, data: { note }, selected, zIndex: -1 }];
  });
}

export function flowEdges(document: Experiment, old: readonly FlowEdge[]): FlowEdge[] {
  const before = new Map(old.map((edge) => [edge.id, edge]));
  const known = new Set(document.graph.nodes.map((node) => node.id));
  const made = new Map<string, FlowEdge>();
  for (const edge of document.graph.edges) {
    // A connection to nowhere cannot be drawn; the problem list names it.
    if (!known.has(edge.source) || !known.has(edge.target)) continue;
    const id = edgeId(edge);
    const { source_port: sourceHandle, target_port: targetHandle } = edge;
    const [source, target] = [flowId(edge.source), flowId(edge.target)];
    const fresh: FlowEdge = {
      id,
      type: "shape",
      source,
      sourceHandle,
      target,
      targetHandle,
      data: { edge },
      // The cards at both ends name it, and the keys are theirs.
      domAttributes: { "aria-hidden": true },
    };
    made.set(id, before.get(id) ?? fresh);
  }
  return same([...made.values()], old);
}

/** The old array where nothing in it has changed, so that React Flow has nothing to do. */
function same<T>(items: T[], old: readonly T[]): T[] {
  const isSame = items.length === old.length && items.every((item, at) => item === old[at]);
  return isSame ? (old as T[]) : items;
}
