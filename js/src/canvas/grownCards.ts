/**
 * Room for cards that have grown, by a problem or by more settings: they must not hide the card below.
 *
 * Only what is drawn moves down. The document keeps its positions, so a problem that comes and goes is no edit.
 */

import { own } from "../document";
import { type Heights, WIDTH } from "../place";
import type { BlockEntry, Experiment } from "../protocol";

/** From a height of the document on, everything is drawn so much lower. */
export interface Step {
  y: number;
  by: number;
}

/** Least room, in pixels, that is kept under a card that has grown. */
const ROOM = 28;

/** Nodes whose cards show settings that a new card of their block does not show. */
export function taller(document: Experiment, blocks: readonly BlockEntry[]): string[] {
  const known = new Map(blocks.map((entry) => [entry.name, entry.params]));
  return document.graph.nodes.flatMap(({ id, block, params }) =>
    known.get(block)?.some((param) => !param.primary && params[param.name] !== undefined) ? [id] : [],
  );
}

/** Where cards have to give way to those that have grown. */
export function spread(document: Experiment, heights: Heights, grown: ReadonlySet<string>): Step[] {
  if (grown.size === 0) return [];
  const boxes = document.graph.nodes.flatMap(({ id }) => {
    const at = own(document.layout, id);
    return at ? [{ id, x: at[0], y: at[1] }] : [];
  });
  boxes.sort((one, other) => one.y - other.y);
  const steps: Step[] = [];
  boxes.forEach((box, at) => {
    if (!grown.has(box.id)) return;
    // Cards that overlap from the start were put there by hand; they stay.
    const next = boxes.find(
      (each, index) => index > at && each.y >= box.y + ROOM && Math.abs(each.x - box.x) < WIDTH,
    );
    if (!next) return;
    const foot = drawn(steps, box.y) + (heights.get(box.id) ?? 0);
    const missing = Math.ceil(foot + ROOM - drawn(steps, next.y));
    if (missing <= 0) return;
    steps.push({ y: next.y, by: missing });
    steps.sort((one, other) => one.y - other.y);
  });
  return steps;
}

/** Where a height of the document is drawn. */
export function drawn(steps: readonly Step[], y: number): number {
  return steps.reduce((sum, step) => (step.y <= y ? sum + step.by : sum), y);
}

/** The height of the document that is drawn at a place. */
export function meant(steps: readonly Step[], y: number): number {
  let shift = 0;
  for (const step of steps) {
    if (y < step.y + shift) break;
    // In the room that was made: right above the card that gave way.
    if (y < step.y + shift + step.by) return step.y - 1;
    shift += step.by;
  }
  return y - shift;
}
