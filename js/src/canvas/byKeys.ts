/** What a hand does with the canvas, done with keys. */

import { own, type Position, place, removeNodes } from "../document";
import { setNote } from "../notes";
import type { Experiment } from "../protocol";
import type { Store } from "../store";
import { sentence } from "../texts";
import { isBeginning } from "./beginning";
import { CARD, cardOf, controlsOf, focusCard, inFocus, outlineOf, write } from "./focus";
import { nodeId } from "./ids";
import type { Place } from "./keys";
import { learnAbout } from "./LearnButton";
import { announce } from "./live";
import { rowsOf } from "./outline";
import { type Direction, neighbour } from "./walk";

/** How far, in pixels, a key moves a card. */
const STEP = 16;

const SHIFTS: Record<Direction, Position> = {
  up: [0, -STEP],
  down: [0, STEP],
  left: [-STEP, 0],
  right: [STEP, 0],
};

/** Go from card to card; what is gone to is selected, alone or beside the others. */
export function walk(direction: Direction, extend = false): (at: Place) => boolean {
  return (at) => {
    const { store, root, flow, card } = at;
    const { view, select, selection } = store.getState();
    const start = card ?? current(at);
    if (start === null) return false;
    // From the canvas itself an arrow leads onto it first.
    const to = card === null ? start : nextTo(root, view, start, direction);
    if (to === null) return true;
    select(extend ? [...new Set([...selection, start, to])] : [to]);
    focusCard(root, flow, to);
    return true;
  };
}

/** Where an arrow leads: along the rows in the outline, by the connections on the canvas. */
function nextTo(root: HTMLElement, view: Experiment, from: string, direction: Direction): string | null {
  if (!outlineOf(root)) return neighbour(view, from, direction);
  const step = { up: -1, down: 1, left: 0, right: 0 }[direction];
  const ids = rowsOf(view.graph).map((row) => row.id);
  return ids[ids.indexOf(from) + step] ?? null;
}

/** Go to the first or the last block of the network. */
export function toEnd(last: boolean): (at: Place) => boolean {
  return ({ store, root, flow }) => {
    const { view, select } = store.getState();
    const to = rowsOf(view.graph).at(last ? -1 : 0)?.id;
    if (to === undefined) return false;
    select([to]);
    focusCard(root, flow, to);
    return true;
  };
}

/** Move the selected cards, or the one with the focus; a burst of it is one step of undo. */
export function shift(direction: Direction): (at: Place) => void {
  return ({ store, card, note }) => {
    const { view, edit, selection } = store.getState();
    const paper = view.notes.find((each) => each.id === note && each.scope === "");
    if (paper) {
      const [x, y] = [paper.x + SHIFTS[direction][0], paper.y + SHIFTS[direction][1]];
      edit((each) => setNote(each, paper.id, { x, y }), `shift.${paper.id}`);
      return;
    }
    const ids = card !== null && !selection.includes(card) ? [card] : selection;
    const [dx, dy] = SHIFTS[direction];
    const places: Record<string, Position> = {};
    for (const id of ids) {
      const at = own(view.layout, id);
      if (at) places[id] = [at[0] + dx, at[1] + dy];
    }
    if (Object.keys(places).length > 0) edit((each) => place(each, places), `shift.${ids.join()}`);
  };
}

/** Select the card, or take it out of the selection. */
export function choose({ store, card }: Place): void {
  const { select, selection } = store.getState();
  if (card === null) return;
  select(selection.includes(card) ? selection.filter((id) => id !== card) : [...selection, card]);
}

/** Go to the first field of the card. */
export function edit({ root, card }: Place): boolean {
  const found = card === null ? null : cardOf(root, card);
  const all = found ? controlsOf(found) : [];
  const first = all.find((each) => each.matches("input, select")) ?? all[0];
  first?.focus();
  return first !== undefined;
}

/** Write the name: of a group or a port on its card, of a block in the panel. */
export function rename({ card, root, store }: Place): boolean {
  const { selection, select, show } = store.getState();
  const id = card ?? (selection.length === 1 ? selection[0] : undefined);
  if (id === undefined) return false;
  const found = cardOf(root, id)?.querySelector<HTMLInputElement>(".bm-inline input");
  if (found) write(found);
  else {
    select([id]);
    show("block");
    // The panel has to be drawn first.
    requestAnimationFrame(() => write(root.querySelector(".bm-block-id")));
  }
  return true;
}

/** Go through the fields of a card; behind the last one comes the card itself. */
export function through(step: 1 | -1): (at: Place) => boolean {
  return ({ root, field }) => {
    const card = field === null ? null : cardOf(root, field);
    if (!card) return false;
    // In the outline the Tab key itself goes through a row.
    if (outlineOf(root)) return false;
    const all = controlsOf(card);
    const now = all.indexOf(inFocus() as HTMLElement);
    (all[now + step] ?? card).focus();
    return true;
  };
}

/** Go back from a field to its card. */
export function back({ root, field }: Place): boolean {
  const card = field === null ? null : cardOf(root, field);
  card?.focus();
  return card !== null;
}

/** Open the page of the card, or of the one block that is selected. */
export function learn({ store, card, field }: Place): boolean {
  const { selection } = store.getState();
  const id = card ?? field ?? (selection.length === 1 ? selection[0] : undefined);
  if (id === undefined) return false;
  learnAbout(store, id);
  return true;
}

/** The parts of the widget, in the order in which F6 goes through them. */
const REGIONS = [".bm-top", ".bm-palette", ".bm-stage", ".bm-panel", ".bm-bottom"];

/** Go to the next part of the widget. */
export function region(step: 1 | -1): (at: Place) => boolean {
  return ({ root }) => {
    const stops = REGIONS.flatMap((name) => {
      const part = root.querySelector<HTMLElement>(name);
      const stop = part ? firstStop(part) : undefined;
      return part && stop ? [{ part, stop }] : [];
    });
    const now = stops.findIndex(({ part }) => part.contains(inFocus()));
    const next = stops[(now + step + stops.length) % stops.length] ?? stops[0];
    next?.stop.focus();
    return next !== undefined;
  };
}

function firstStop(part: HTMLElement): HTMLElement | undefined {
  const all = part.querySelectorAll<HTMLElement>("[tabindex='0'], button, input, select, textarea, summary");
  return [...all].find(
    (each) => each.tabIndex >= 0 && !each.matches(":disabled") && each.getClientRects().length > 0,
  );
}

/** Press the button that runs, continues or starts again. */
export function run({ root }: Place): boolean {
  const button = root.querySelector<HTMLElement>(".bm-run .bm-button-primary");
  button?.click();
  return button !== null;
}

/** The card that Tab leads to; where it is not drawn, what is selected or first. */
function current({ root, store }: Place): string | null {
  const found = root.querySelector<HTMLElement>(`:is(${CARD})[tabindex='0']`)?.dataset.id;
  if (found !== undefined) return nodeId(found);
  const { selection, view } = store.getState();
  return selection.at(-1) ?? view.graph.nodes[0]?.id ?? null;
}

/** Ask with what the card is to be connected. */
export function connectTo({ ask, card }: Place): void {
  if (card !== null) ask({ kind: "connect", node: card });
}

/** Ask in the outline for a block to add; on the canvas it is looked for beside the card. */
export function insert(side: "above" | "below"): (at: Place) => boolean {
  return ({ ask, card, root }) => {
    if (card === null || !outlineOf(root)) return false;
    ask({ kind: "insert", node: card, side });
    return true;
  };
}

/** The problem that was shown last, for each canvas. */
const shown = new WeakMap<Store, number>();

/** Go to the next problem. */
export function nextProblem({ ask, store }: Place): void {
  const state = store.getState();
  const found = isBeginning(state) ? [] : (state.analysis?.diagnostics ?? []);
  const at = ((shown.get(store) ?? -1) + 1) % Math.max(1, found.length);
  const problem = found[at];
  shown.set(store, problem ? at : -1);
  if (!problem) {
    announce(sentence("ui.problems.none", state.language));
    return;
  }
  if (problem.node !== null) state.jump(problem.node);
  ask({ kind: "problem", problem });
}

/** Remove the block that has the focus; a selection that it is part of goes as a whole. */
export function remove({ store, card, root }: Place): boolean {
  const { edit, selection } = store.getState();
  const isPart = card !== null && selection.includes(card);
  // On the canvas connections and notes may be selected too, and the canvas knows of them.
  if (card === null || (isPart && !outlineOf(root))) return false;
  edit((view) => removeNodes(view, isPart ? selection : [card]));
  return true;
}
