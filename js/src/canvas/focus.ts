/** Moving the focus among the cards, with what is focused in view. */

import type { ReactFlowInstance } from "@xyflow/react";
import { SETTINGS_HEIGHT, WIDTH } from "../place";
import { flowId } from "./ids";
import { motion } from "./motion";
import { BUTTONS, CRUMBS } from "./viewRoom";

/** What has the focus; a host such as marimo draws the widget in a tree of its own, which hides it from the page. */
export function inFocus(): Element | null {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}

/** What stands for a node: a card of the canvas, a row of the outline. */
export const CARD = ".react-flow__node, .bm-row";

/** How many frames a card has to be drawn before it is given up. */
const FRAMES = 12;

/** Pixels between a card that comes into view and the edge. */
const MARGIN = 24;

/** Give a card the focus, as soon as it is drawn. */
export function focusCard(root: HTMLElement, flow: ReactFlowInstance, id: string, frames = FRAMES): void {
  if (outlineOf(root)) focusRow(root, id);
  else
    showCard(root, flow, id, frames, (card) => {
      if (card) card.focus({ preventScroll: true });
      else focusStop(root);
    });
}

/** Bring a card into view, as soon as it is drawn; `done` is told of it, or of nothing where none comes. */
export function showCard(
  root: HTMLElement,
  flow: ReactFlowInstance,
  id: string,
  frames = FRAMES,
  done?: (card: HTMLElement | null) => void,
): void {
  const card = cardOf(root, id);
  // A card is hidden until React Flow has measured it, and what is hidden takes no focus.
  if (card && card.style.visibility !== "hidden") {
    done?.(card);
    reveal(root, flow, card);
  } else if (frames > 0) {
    // Of a large network only the cards in view are drawn.
    if (!card) center(flow, id, 0);
    requestAnimationFrame(() => showCard(root, flow, id, frames - 1, done));
  } else {
    done?.(null);
  }
}

/** Give the focus to what the Tab key leads to in the network. */
function focusStop(root: HTMLElement): void {
  const stop = root.querySelector<HTMLElement>(`:is(${CARD})[tabindex='0']`);
  (stop ?? root.querySelector<HTMLElement>(".bm-canvas"))?.focus({ preventScroll: true });
}

/** The card of a node, or its row in the outline. */
export function cardOf(root: HTMLElement, id: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`:is(${CARD})[data-id="${CSS.escape(flowId(id))}"]`);
}

/** Lead into a field, so that what is typed takes the place of what stands there. */
export function write(field: HTMLInputElement | null): void {
  field?.focus();
  field?.select();
}

/** The outline, where it stands in the place of the canvas. */
export function outlineOf(root: HTMLElement): HTMLElement | null {
  return root.querySelector<HTMLElement>(".bm-outline-view");
}

/** Give a row of the outline the focus, as soon as it is drawn. */
export function focusRow(root: HTMLElement, id: string, frames = FRAMES): void {
  const row = cardOf(root, id);
  if (row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  } else if (frames > 0) {
    requestAnimationFrame(() => focusRow(root, id, frames - 1));
  } else {
    focusStop(root);
  }
}

/** The stops on a card; what a field suggests belongs to the field, whose keys reach it. */
export function controlsOf(card: HTMLElement): HTMLElement[] {
  return [...card.querySelectorAll<HTMLElement>("input, select, button:not(.bm-suggestion)")].filter(
    (each) => !each.matches(":disabled") && each.getClientRects().length > 0,
  );
}

/** Move the view no further than is needed: who looks at a place keeps it. */
function reveal(root: HTMLElement, flow: ReactFlowInstance, card: HTMLElement): void {
  const area = root.querySelector(".bm-canvas")?.getBoundingClientRect();
  if (!area) return;
  const box = card.getBoundingClientRect();
  const right = shift(box.left, box.right, area.left + BUTTONS, area.right);
  // What floats above and at the left lies over the cards.
  const above = root.querySelector(".bm-crumbs") ? CRUMBS : 0;
  const down = shift(box.top, box.bottom, area.top + above, area.bottom);
  if (right === 0 && down === 0) return;
  const { x, y, zoom } = flow.getViewport();
  void flow.setViewport({ x: x + right, y: y + down, zoom }, { duration: motion() });
}

/** How far what reaches from `low` to `high` has to move to lie between `from` and `to`. */
function shift(low: number, high: number, from: number, to: number): number {
  if (low >= from && high <= to) return 0;
  return low < from ? from + MARGIN - low : to - MARGIN - high;
}

function center(flow: ReactFlowInstance, id: string, duration: number): void {
  const node = flow.getNode(flowId(id));
  if (!node) return;
  const { width = WIDTH, height = SETTINGS_HEIGHT } = node.measured ?? {};
  const { x, y } = node.position;
  void flow.setCenter(x + width / 2, y + height / 2, { zoom: flow.getZoom(), duration });
}
