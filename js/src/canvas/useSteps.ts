import { useCallback, useEffect, useRef, useState } from "react";
import { useCanvasStore } from "../context";
import type { Experiment } from "../protocol";
import { type Step, spread, taller } from "./grownCards";
import { problemsIn } from "./problemsIn";

interface Steps {
  list: readonly Step[];
  /** The same, for what happens outside of drawing. */
  now: { readonly current: readonly Step[] };
  /** Look again: a card has another height. */
  again: () => void;
}

/** How long, in milliseconds, the pointer rests before cards move. */
const QUIET = 500;

const POINTER = ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const;

/**
 * How far cards give way to those above them that show a problem, or more settings than when they were placed.
 *
 * What somebody is aiming at must not move away: cards give way when the hand rests.
 */
export function useSteps(document: Experiment): Steps {
  const store = useCanvasStore();
  const [list, setList] = useState<readonly Step[]>([]);
  const now = useRef(list);
  now.current = list;
  const pointer = useRef({ held: false, time: Number.NEGATIVE_INFINITY });
  const timer = useRef<ReturnType<typeof setTimeout>>();

  useEffect(() => {
    const note = (event: Event): void => {
      pointer.current.time = performance.now();
      if (event.type !== "pointermove") pointer.current.held = event.type === "pointerdown";
    };
    for (const name of POINTER) window.addEventListener(name, note, true);
    return () => {
      for (const name of POINTER) window.removeEventListener(name, note, true);
    };
  }, []);

  const again = useCallback(() => {
    clearTimeout(timer.current);
    const { held, time } = pointer.current;
    const rest = held ? QUIET : time + QUIET - performance.now();
    if (rest > 0) {
      timer.current = setTimeout(again, rest);
      return;
    }
    const { analysis, catalogue, heights, scope, view } = store.getState();
    const troubled = analysis ? problemsIn(analysis, scope).keys() : [];
    const grown = new Set([...troubled, ...taller(view, catalogue.blocks)]);
    const found = spread(view, heights, grown);
    setList((old) => (JSON.stringify(old) === JSON.stringify(found) ? old : found));
  }, [store]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked at again in each document
  useEffect(again, [document, again]);
  useEffect(() => {
    // Without drawing: most analyses move nothing.
    const stop = store.subscribe((state, before) => {
      if (state.analysis !== before.analysis) again();
    });
    return () => {
      stop();
      clearTimeout(timer.current);
    };
  }, [store, again]);

  return { list, now, again };
}
