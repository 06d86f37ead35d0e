/** Opens the page of a block beside the canvas. */

import type { ReactElement } from "react";
import { useCanvasStore, useT } from "../context";
import type { Store } from "../store";

/** Select a node and open its page. */
export function learnAbout(store: Store, id: string): void {
  const { select, read, show } = store.getState();
  select([id]);
  read(null);
  show("learn");
}

/** The question mark on a card. */
export function LearnButton({ id, block }: { id: string; block: string }): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  return (
    <button
      type="button"
      className="bm-node-learn nodrag nopan"
      // A card is one stop of the Tab key; from within it the key leads here too.
      tabIndex={-1}
      title={t("ui.learn.open", { block })}
      aria-label={t("ui.learn.open", { block })}
      data-testid={`blockml-learn-${id}`}
      onClick={() => learnAbout(store, id)}
    >
      <span aria-hidden="true">?</span>
    </button>
  );
}
