/** The place of the page that a screen reader reads out, and what is said there by itself. */

import { type ReactElement, type RefObject, useEffect, useState } from "react";
import { useCanvasStore } from "../context";
import { loadPart } from "../parts";
import { inFocus } from "./focus";
import { listen } from "./live";

/** The place; nobody sees it. */
export function Narrator({ root }: { root: RefObject<HTMLElement | null> }): ReactElement {
  const store = useCanvasStore();
  const [said, setSaid] = useState({ text: "", turn: 0 });
  useEffect(
    () =>
      listen({
        speak: (text) => setSaid(({ turn }) => ({ text, turn: turn + 1 })),
        isHere: () => root.current?.contains(inFocus()) ?? false,
      }),
    [root],
  );
  useEffect(() => {
    let [here, end]: [boolean, (() => void) | null] = [true, null];
    const { document } = store.getState();
    // Without a kernel nothing changes that would have to be told.
    loadPart(store, "narrate").then(
      ({ narrate }) => {
        if (here) end = narrate(store, document);
      },
      () => undefined,
    );
    return () => {
      here = false;
      end?.();
    };
  }, [store]);
  return (
    <div className="bm-hidden" role="status" aria-live="polite" data-testid="blockml-live">
      {/* A new element each time, so that the same sentence is read out again. */}
      <p key={said.turn}>{said.text}</p>
    </div>
  );
}
