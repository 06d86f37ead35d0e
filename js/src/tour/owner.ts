/** In which of several canvases of a page the tour is. */

import { inFocus } from "../canvas/focus";

let owner: HTMLElement | null = null;

/** Whether it is in this one: the one in which it was begun, else the first that asks. */
export function isMine(root: HTMLElement | null): boolean {
  const focused = inFocus()?.closest<HTMLElement>(".blockml");
  if (!owner?.isConnected) owner = focused ?? root;
  return owner === root;
}

/** Let the next canvas have it. */
export function release(): void {
  owner = null;
}
