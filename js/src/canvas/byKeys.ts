/** What a hand does with the canvas, done with keys. */

import { own, type Position, place } from "../document";
import { order } from "../order";
import { cardOf, controlsOf, focusCard } from "./focus";
import { nodeId } from "./ids";
import type { Place } from "./keys";
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
  return ({ store, root, flow, card }) => {
    const { view, select, selection } = store.getState();
    const start = card ?? current(root);
    if (start === null) return false;
    // From the canvas itself an arrow leads onto it first.
    const to = card === null ? start : neighbour(view, start, direction);
    if (to === null) return true;
    select(extend ? [...new Set([...selection, start, to])] : [to]);
    focusCard(root, flow, to);
    return true;
  };
}

/** Go to the first or the last block of the network. */
export function toEnd(last: boolean): (at: Place) => boolean {
  return ({ store, root, flow }) => {
    const { view, select } = store.getState();
    const to = order(view.graph).at(last ? -1 : 0);
    if (to === undefined) return false;
    select([to]);
    focusCard(root, flow, to);
    return true;
  };
}

/** Move the selected cards, or the one with the focus; a burst of it is one step of undo. */
export function shift(direction: Direction): (at: Place) => void {
  return ({ store, card }) => {
    const { view, edit, selection } = store.getState();
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
  const first = found ? controlsOf(found)[0] : undefined;
  first?.focus();
  return first !== undefined;
}

/** Go through the fields of a card; behind the last one comes the card itself. */
export function through(step: 1 | -1): (at: Place) => boolean {
  return ({ root, field }) => {
    const card = field === null ? null : cardOf(root, field);
    if (!card) return false;
    const all = controlsOf(card);
    const now = all.indexOf(document.activeElement as HTMLElement);
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
    const now = stops.findIndex(({ part }) => part.contains(document.activeElement));
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

/** The card that Tab leads to. */
function current(root: HTMLElement): string | null {
  const found = root.querySelector<HTMLElement>(".react-flow__node[tabindex='0']")?.dataset.id;
  return found === undefined ? null : nodeId(found);
}
