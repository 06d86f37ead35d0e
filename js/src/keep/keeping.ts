/**
 * Keeps the drawing where the kernel cannot: in the browser, from a change until it is on the disk.
 *
 * When a canvas comes up, what the browser still has is newer than the draft of the kernel if its number is
 * higher; then it is opened, as a change that can be undone. Otherwise it is offered.
 */

import type { AnyModel } from "@anywidget/types";
import { equal } from "../document";
import type { Traits } from "../model";
import type { CanvasStore, Store } from "../store";
import { sentence } from "../texts";
import { watchPresence } from "./presence";
import { forget, stash, stashed, unstash } from "./stash";

/** How long, in milliseconds, the browser waits for further changes before it keeps the drawing. */
const PAUSE = 300;

/** Keep the drawing of a store as long as the page is there. */
export function keepDrawing(store: Store, model: AnyModel<Traits>): () => void {
  const { key, began } = store.getState().draft;
  const left = watchPresence(model, (presence) => store.setState({ presence }));
  if (!key) return left;
  bringBack(store);

  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (isOnDisk(store.getState())) return;
    const { document, revision } = store.getState();
    store.setState({ stashed: stash(key, { revision, time: Date.now(), began, document }) });
  };
  const stop = store.subscribe((now, before) => {
    if (now.document !== before.document) timer ??= setTimeout(keep, PAUSE);
    if ((now.draft !== before.draft || now.unheard !== before.unheard) && isOnDisk(now)) {
      clearTimeout(timer);
      timer = undefined;
      unstash(key);
    }
  });
  const leave = (): void => {
    if (timer !== undefined) keep();
  };
  window.addEventListener("pagehide", leave);
  return () => {
    leave();
    stop();
    left();
    window.removeEventListener("pagehide", leave);
  };
}

/** Whether the draft of the kernel has what stands here: the number alone could be that of another page. */
function isOnDisk({ draft, revision, unheard }: CanvasStore): boolean {
  return !unheard && draft.revision >= revision;
}

/** Open what the browser kept and the kernel has not, or offer it. */
function bringBack(store: Store): void {
  const { draft, document, revision } = store.getState();
  for (const found of stashed(draft.key)) {
    const now = store.getState();
    if (equal(found.document, now.document) || equal(found.document, document)) {
      forget(found.name);
    } else if (now.document === document && found.began === draft.began && found.revision > revision) {
      now.editWhole(() => found.document);
      const text = sentence("ui.keep.from_browser", now.language);
      store.setState({ notice: { kind: "info", text } });
      forget(found.name);
    } else if (now.offer === null) {
      store.setState({ offer: found });
    }
  }
}
