/** The guided tour and the hints: a part that nobody waits for, and nobody misses where it does not come. */

import { type ReactElement, type RefObject, useEffect, useState } from "react";
import { useCanvasStore } from "../context";
import { loadPart } from "../parts";
import type { Parts } from "../parts/fetch";
import { useLearned } from "./learned";

/** When, in milliseconds after the first drawing, it comes: the canvas itself comes first. */
const SOON = 900;

export function Tour({ root }: { root: RefObject<HTMLElement | null> }): ReactElement | null {
  const store = useCanvasStore();
  const isOn = useLearned((learned) => learned.tour === "on");
  const [part, setPart] = useState<Parts["tour"] | null>(null);
  useEffect(() => {
    const come = (): void => void loadPart(store, "tour").then(setPart, () => undefined);
    const timer = setTimeout(come, isOn ? 0 : SOON);
    return () => clearTimeout(timer);
  }, [store, isOn]);
  if (!part) return null;
  const { css, default: Content } = part;
  return (
    <>
      <style>{css}</style>
      <Content root={root} />
    </>
  );
}
