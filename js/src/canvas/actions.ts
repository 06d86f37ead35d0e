/** What the keys and the buttons do on a canvas. */

import type { ReactFlowInstance } from "@xyflow/react";
import { disconnect, duplicateNodes, MAX_NOTES, nodeOf, place, removeNodes } from "../document";
import { bearers, type Flag, switchFlag } from "../flags";
import { addNote, NOTE, removeNotes } from "../notes";
import { loadPart } from "../parts";
import { GAP, WIDTH } from "../place";
import { asProblem } from "../problems";
import type { Edge } from "../protocol";
import type { Store } from "../store";
import { problemText, sentence } from "../texts";
import type { DeskStore } from "./desk";
import { entryOf } from "./gestures";
import { flowId, noteOf } from "./ids";
import { motion } from "./motion";
import { plainHeights } from "./useDrop";

/** A view of a canvas, as an action needs it. */
export interface View {
  store: Store;
  desk: DeskStore;
  flow: ReactFlowInstance;
  /** The widget. */
  root: HTMLElement;
}

function areaOf(root: HTMLElement): HTMLElement | null {
  return root.querySelector<HTMLElement>(".bm-canvas");
}

/** The notes that are selected, by id. */
export function chosenNotes(flow: ReactFlowInstance): string[] {
  return flow.getNodes().flatMap((node) => (node.selected ? (noteOf(node.id) ?? []) : []));
}

/** Remove what is selected: blocks, notes and connections; `false` where nothing is. */
export function removeChosen(view: View): boolean {
  const { store, flow } = view;
  const { edit, selection } = store.getState();
  const gone = flow.getEdges().flatMap((edge) => (edge.selected ? (edge.data?.edge as Edge) : []));
  const notes = chosenNotes(flow);
  if (selection.length + gone.length + notes.length === 0) return false;
  edit((document) => removeNotes(removeNodes(disconnect(document, gone), selection), notes));
  // What had the focus is gone; the keys must not fall to the notebook.
  areaOf(view.root)?.focus();
  return true;
}

/** Copy the selection a little aside, and select the copies. */
export function duplicate({ store }: Pick<View, "store">): boolean {
  const { catalogue, edit, language, notify, select, selection, view } = store.getState();
  if (selection.length === 0) return false;
  // A second Input or Output would only be a problem.
  const ids = selection.filter((id) => entryOf(catalogue.blocks, nodeOf(view.graph, id))?.family !== "data");
  if (ids.length === 0) {
    notify({ kind: "info", text: sentence("ui.edit.nothing_duplicated", language) });
    return true;
  }
  let made: readonly string[] = [];
  edit((document) => {
    const added = duplicateNodes(document, ids);
    made = added.ids;
    return added.document;
  });
  select(made);
  return true;
}

/** Switch a flag of the selection. */
export function flag({ store }: Pick<View, "store">, name: Flag): boolean {
  const { edit, language, notify, selection } = store.getState();
  if (selection.length === 0) return false;
  const ids = bearers(store.getState(), selection, name);
  if (ids.length === 0) notify({ kind: "info", text: sentence(`ui.edit.nothing_${name}`, language) });
  else edit((document) => switchFlag(document, ids, name));
  return true;
}

/** Select all blocks and notes. */
export function selectAll({ store, flow }: View): void {
  const { select, view } = store.getState();
  select([...new Set(view.graph.nodes.map((node) => node.id))]);
  flow.setNodes((nodes) =>
    nodes.map((node) =>
      noteOf(node.id) === undefined || node.selected ? node : { ...node, selected: true },
    ),
  );
}

/** Show the selection, or everything. */
export function fitChosen({ store, flow }: View): void {
  const { selection } = store.getState();
  const nodes = selection.map((id) => ({ id: flowId(id) }));
  void flow.fitView({ ...(nodes.length > 0 ? { nodes } : {}), maxZoom: 1, padding: 0.2, duration: motion() });
}

/** Tidy the network up, or what is selected of it where that is more than one block. */
export async function tidy({ store, root }: Pick<View, "store" | "root">): Promise<void> {
  const area = areaOf(root);
  try {
    const part = await loadPart(store, "layout");
    const { edit, selection, view: document } = store.getState();
    const ids = selection.length > 1 ? selection : null;
    const heights = plainHeights(store, area);
    const places = part.tidy(document, ids, { width: WIDTH, gap: GAP, heights });
    if (Object.keys(places).length === 0) return;
    area?.classList.add("bm-gliding");
    edit((now) => place(now, places));
    setTimeout(() => area?.classList.remove("bm-gliding"), motion() + 50);
  } catch (error) {
    const { language, notify } = store.getState();
    notify({ kind: "error", text: problemText(asProblem(error), "message", language) });
  }
}

/** Put a note in the middle of what is seen, or where the pointer is, and write it. */
export function note(view: View, at?: { x: number; y: number }): void {
  const { store, flow, desk } = view;
  const box = areaOf(view.root)?.getBoundingClientRect();
  if (!box) return;
  const { document, language, notify } = store.getState();
  if (document.notes.length >= MAX_NOTES) {
    notify({ kind: "info", text: sentence("ui.edit.notes_full", language, { most: MAX_NOTES }) });
    return;
  }
  const { x, y } = at
    ? flow.screenToFlowPosition(at)
    : freePlace(flow, { x: box.left + box.width / 2 - NOTE.width / 2, y: box.top + box.height / 3 });
  store.getState().select([]);
  store.getState().edit((document) => {
    const added = addNote(document, [x, y]);
    const id = added.notes.at(-1)?.id ?? "";
    desk.setState({ writing: id, fresh: [id] });
    return added;
  });
  const over = flow.flowToScreenPosition({ x: x + NOTE.width, y }).x + 16 - box.right;
  const seen = flow.getViewport();
  if (over > 0) void flow.setViewport({ ...seen, x: seen.x - over }, { duration: motion() });
}

/** Where a note covers no card: at a place on the screen, or to the right of what stands there. */
function freePlace(flow: View["flow"], near: { x: number; y: number }): { x: number; y: number } {
  const { x, y } = flow.screenToFlowPosition(near);
  const cards = flow.getNodes().map((node) => ({
    ...node.position,
    width: node.measured?.width ?? WIDTH,
    height: node.measured?.height ?? 0,
  }));
  let left = x;
  for (const card of cards.sort((one, other) => one.x - other.x)) {
    const isBeside = card.x < left + NOTE.width && left < card.x + card.width;
    if (isBeside && card.y < y + NOTE.height && y < card.y + card.height) left = card.x + card.width + 24;
  }
  return { x: left, y };
}

/** Look for a block that goes behind the selected one. */
export function search({ desk, store, flow }: View): void {
  const [id, more] = store.getState().selection;
  if (id === undefined || more !== undefined) desk.setState({ wish: {} });
  else look({ desk, flow }, id, "below");
}

/** Look for a block that goes above or below another. */
export function look({ desk, flow }: Pick<View, "desk" | "flow">, id: string, side: "above" | "below"): void {
  const node = flow.getInternalNode(flowId(id));
  if (!node) return;
  const { x, y } = node.internals.positionAbsolute;
  const { width = WIDTH, height = 0 } = node.measured;
  const from = flow.flowToScreenPosition({
    x: x + width + 12,
    y: side === "above" ? y - 40 : y + height - 40,
  });
  desk.setState({ wish: { from, beside: { node: id, side } } });
}
