/** What presses and drags on the canvas do to the state. */

import type { Connection, NodeChange, ReactFlowInstance } from "@xyflow/react";
import type { PointerEvent, RefObject } from "react";
import { connect, nodeOf } from "../document";
import { SETTINGS_HEIGHT, WIDTH } from "../place";
import type { Edge } from "../protocol";
import type { Store } from "../store";
import type { DeskStore, Wish } from "./desk";
import { inFocus } from "./focus";
import { closesCircle, entryOf } from "./gestures";
import { nodeId, noteOf } from "./ids";
import { isInside, type Point } from "./useDrop";

/** Note heights, which placing needs; whether one has changed. */
export function measure(store: Store, changes: readonly NodeChange[]): boolean {
  const { heights } = store.getState();
  let changed = false;
  for (const change of changes) {
    if (change.type !== "dimensions" || !change.dimensions) continue;
    changed ||= heights.get(change.id) !== change.dimensions.height;
    heights.set(change.id, change.dimensions.height);
  }
  return changed;
}

/** Keep the selection of the store in step with that of the canvas. */
export function choose(store: Store, changes: readonly NodeChange[]): void {
  const picked = changes.filter((change) => change.type === "select");
  if (picked.length === 0) return;
  const { selection, select, view } = store.getState();
  const chosen = new Set(selection);
  for (const change of picked) {
    // The press that opens a group is also one on its card, which is no longer in view then.
    if (change.selected) chosen.add(change.id);
    else chosen.delete(change.id);
  }
  select([...chosen].filter((id) => nodeOf(view.graph, id)));
}

/** A press on one of several selected cards selects it alone. */
export function alone(store: Store, id: string): void {
  const { selection, select } = store.getState();
  if (selection.length > 1 && selection.includes(id)) select([id]);
}

export function wire(store: Store, made: Connection): void {
  const { catalogue, view: document, edit } = store.getState();
  const edge: Edge = {
    source: nodeId(made.source),
    source_port: made.sourceHandle ?? "y",
    target: nodeId(made.target),
    target_port: made.targetHandle ?? "x",
  };
  const entry = entryOf(catalogue.blocks, nodeOf(document.graph, edge.target));
  const many = entry?.inputs.find((port) => port.name === edge.target_port)?.many ?? false;
  edit((each) => connect(each, edge, many));
}

export function mayConnect(store: Store, source: string, target: string): boolean {
  return source !== target && !closesCircle(store.getState().view, source, target);
}

export function pointOf(event: unknown): Point | null {
  if (event instanceof globalThis.MouseEvent) return { x: event.clientX, y: event.clientY };
  const touch = event instanceof TouchEvent ? event.changedTouches[0] : undefined;
  return touch ? { x: touch.clientX, y: touch.clientY } : null;
}

/** The card under the pointer. */
export function cardAt(event: globalThis.MouseEvent | TouchEvent): string | undefined {
  const at = pointOf(event);
  // Some pages, such as marimo, keep the canvas in a root of its own.
  const root = event.target instanceof Node ? event.target.getRootNode() : null;
  const here = root instanceof ShadowRoot ? root : window.document;
  const found = at && here.elementFromPoint(at.x, at.y)?.closest(".react-flow__node");
  const name = found?.getAttribute("data-id");
  return name && noteOf(name) === undefined ? nodeId(name) : undefined;
}

/** A loose end on the empty canvas: offer what fits there. */
export function offer(
  { flow, desk, area }: { flow: ReactFlowInstance; desk: DeskStore; area: RefObject<HTMLElement | null> },
  event: globalThis.MouseEvent | TouchEvent,
  loose: NonNullable<Wish["loose"]>,
): void {
  const from = pointOf(event);
  if (!from || !isInside(area.current, from)) return;
  const { x, y } = flow.screenToFlowPosition(from);
  const top = loose.end === "source" ? y : y - SETTINGS_HEIGHT;
  desk.setState({ wish: { from, position: [Math.round(x - WIDTH / 2), Math.round(top)], loose } });
}

/** Shift on a card adds it to the selection; only on the empty canvas does it draw a box. */
export function keepCards(event: PointerEvent<HTMLElement>): void {
  if (event.shiftKey && event.target instanceof Element && event.target.closest(".react-flow__node"))
    event.stopPropagation();
}

/** The keys belong to the canvas that was pressed, also where React Flow kept the press from the browser. */
export function takeFocus({ currentTarget }: PointerEvent<HTMLElement>): void {
  if (!currentTarget.contains(inFocus())) currentTarget.focus({ preventScroll: true });
}
