/** What the keys and buttons do with groups. */

import type { ReactFlowInstance } from "@xyflow/react";
import { loadPart } from "../parts";
import type * as Group from "../parts/group";
import { graphAt } from "../ports";
import { asProblem } from "../problems";
import type { SavedGroup } from "../protocol";
import type { Store } from "../store";
import { problemText } from "../texts";
import { focusCard } from "./focus";

interface At {
  store: Store;
  /** The widget and its canvas, where the keys were used: the focus goes along. */
  root?: HTMLElement;
  flow?: ReactFlowInstance;
}

/** Make a group of what is selected. */
export function groupChosen({ store, ...at }: At): void {
  void act(store, (part) => part.groupChosen(store), at);
}

/** Put what is in the selected groups in their place. */
export function unpackChosen({ store, ...at }: At): void {
  void act(store, (part) => part.unpackChosen(store), at);
}

/** Keep a group in the palette. */
export function keepGroup(store: Store, id: string): void {
  void act(store, (part) => part.keepGroup(store, id));
}

/** Take a group out of the palette. */
export function forgetGroup(store: Store, kept: SavedGroup): void {
  void act(store, (part) => part.forgetGroup(store, kept));
}

/** Open the group of a card; `false` where it is none. */
export function openGroup({ store, card }: At & { card: string | null }): boolean {
  const { view, enter } = store.getState();
  if (card === null || !graphAt(view, card)) return false;
  enter(card);
  return true;
}

/** Go out of the group that is open; `false` at the top. */
export function leaveGroup({ store }: At): boolean {
  const { scope, leave } = store.getState();
  if (scope.length === 0) return false;
  leave();
  return true;
}

async function act(
  store: Store,
  does: (part: typeof Group) => Promise<void> | void,
  { root, flow }: Omit<At, "store"> = {},
): Promise<void> {
  try {
    await does(await loadPart(store, "group"));
    const [id] = store.getState().selection;
    if (root && flow && id !== undefined) focusCard(root, flow, id);
  } catch (error) {
    const { language, notify } = store.getState();
    notify({ kind: "error", text: problemText(asProblem(error), "message", language) });
  }
}
