/** Making, unpacking and keeping groups: what the keys and buttons do. What cannot be done is said. */

import { nodeOf } from "../document";
import { makeGroup, unpack } from "../group";
import { GroupPanel } from "../panels/GroupPanel";
import { estimate } from "../place";
import { graphAt } from "../ports";
import { asProblem } from "../problems";
import type { SavedGroup } from "../protocol";
import { inside } from "../scope";
import type { CanvasStore, Store } from "../store";
import { problemText, sentence, type Values } from "../texts";

export default GroupPanel;

function say({ language, notify }: CanvasStore, key: string, values: Values = {}): void {
  notify({ kind: "info", text: sentence(`ui.group.${key}`, language, values) });
}

/** Make a group of what is selected. */
export function groupChosen(store: Store): void {
  const state = store.getState();
  const made = makeGroup(state.view, state.selection, state.catalogue.blocks, state.heights);
  if (made === null) {
    say(state, "none");
    return;
  }
  state.edit(() => made.document);
  state.select([made.id]);
  if (made.added.length > 0) say(state, "widened", { count: made.added.length });
  else if (made.left > 0) say(state, "left");
}

/** Put what is in the selected groups in their place. */
export function unpackChosen(store: Store): void {
  const state = store.getState();
  const groups = state.selection.filter((id) => graphAt(state.view, id));
  if (groups.length === 0) {
    say(state, "no_group");
    return;
  }
  const made: string[] = [];
  state.edit((view) =>
    groups.reduce((now, id) => {
      const heights = new Map<string, number>();
      estimate(inside(now, [id]), state.catalogue.blocks, heights);
      const { document, ids } = unpack(now, id, state.heights, heights);
      made.push(...ids);
      return document;
    }, view),
  );
  state.select(made);
}

/** Keep a group in the palette. One of the same name gives way, and the notice can bring it back. */
export async function keepGroup(store: Store, id: string): Promise<void> {
  const { view, catalogue } = store.getState();
  const node = nodeOf(view.graph, id);
  if (!node || !graphAt(view, id)) return;
  const name = node.title.trim() || id;
  const before = catalogue.groups.find((each) => each.name === name);
  const kept = await send(store, { name, node, layout: inside(view, [id]).layout });
  offerBack(store, before ? "replaced" : "kept", kept, () =>
    before ? send(store, before) : forget(store, kept),
  );
}

/** Take a group out of the palette; the notice can bring it back. */
export async function forgetGroup(store: Store, kept: SavedGroup): Promise<void> {
  await forget(store, kept.name);
  offerBack(store, "forgotten", kept.name, () => send(store, kept));
}

async function send(store: Store, { name, node, layout }: SavedGroup): Promise<string> {
  // Only what JSON can say goes over the wire.
  const payload = JSON.parse(JSON.stringify({ name, node, layout }));
  return (await store.getState().request("keep_group", payload)).name;
}

function forget(store: Store, name: string): Promise<unknown> {
  return store.getState().request("forget_group", { name });
}

function offerBack(store: Store, key: string, name: string, back: () => Promise<unknown>): void {
  const { language, notify } = store.getState();
  const run = async (): Promise<void> => {
    notify(null);
    try {
      await back();
    } catch (error) {
      notify({ kind: "error", text: problemText(asProblem(error), "message", language) });
    }
  };
  const action = { text: sentence("ui.top.undo", language), run };
  notify({ kind: "info", text: sentence(`ui.group.${key}`, language, { name }), action });
}
