/** What a person tries on the network; it stays while another tab of the panel is shown. */

import type { Store } from "../../store";
import type { Stroke } from "./strokes";

interface Tried {
  strokes: readonly Stroke[];
  picture: { name: string; bytes: ArrayBuffer; truth: string | null } | null;
}

const all = new WeakMap<Store, Tried>();

/** What was tried last on a canvas, to read and to change. */
export function tried(store: Store): Tried {
  const found = all.get(store) ?? { strokes: [], picture: null };
  all.set(store, found);
  return found;
}
