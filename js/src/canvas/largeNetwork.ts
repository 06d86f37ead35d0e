/**
 * Large networks: only the cards in view are drawn.
 *
 * React Flow draws every card once to learn its size. Of a card in a large network it is told a
 * likely size instead, and learns the true one when the card comes into view.
 */

import { type Node as FlowNode, type NodeChange, Position } from "@xyflow/react";
import { type Heights, SETTINGS_HEIGHT, WIDTH } from "../place";
import type { BlockEntry, Node } from "../protocol";

/** So many cards are all drawn: whoever searches the page finds them. */
export const MANY = 120;

/** Measures of a port, as in the style sheet. */
const PORT = { width: 40, height: 2 };

/** The likely size and ports of a card that was not drawn yet. */
export function likely(node: Node, entry: BlockEntry | undefined, heights: Heights): Partial<FlowNode> {
  const height = heights.get(node.id) ?? SETTINGS_HEIGHT;
  const inputs = entry?.inputs.map(({ name }, at, all) => ({
    ...PORT,
    id: name,
    type: "target" as const,
    position: Position.Top,
    x: left(at, all.length),
    y: 0,
  }));
  const outputs = entry?.outputs.map(({ name }, at, all) => ({
    ...PORT,
    id: name,
    type: "source" as const,
    position: Position.Bottom,
    x: left(at, all.length),
    y: height - PORT.height,
  }));
  return { measured: { width: WIDTH, height }, handles: [...(inputs ?? []), ...(outputs ?? [])] };
}

/** Left edge of one of several ports side by side. */
function left(at: number, count: number): number {
  return (WIDTH * (at + 1)) / (count + 1) - PORT.width / 2;
}

/** Forget what was likely of cards whose true size has come. */
export function learned(nodes: FlowNode[], changes: readonly NodeChange[]): FlowNode[] {
  const known = new Set(changes.flatMap((each) => (each.type === "dimensions" ? each.id : [])));
  if (known.size === 0) return nodes;
  return nodes.map((node) => {
    if (!node.handles || !known.has(node.id)) return node;
    const { handles: _, ...rest } = node;
    return rest;
  });
}
