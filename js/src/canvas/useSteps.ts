import { useCallback, useEffect, useRef, useState } from "react";
import { useCanvas, useCanvasStore } from "../context";
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
  const analysis = useCanvas((canvas) => canvas.analysis);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((each) => each + 1), []);
  const [list, setList] = useState<readonly Step[]>([]);
  const now = useRef(list);
  now.current = list;
  const pointer = useRef({ held: false, time: Number.NEGATIVE_INFINITY });

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

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are measured, which `turn` counts
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const { held, time } = pointer.current;
      const rest = held ? QUIET : time + QUIET - performance.now();
      if (rest > 0) {
        timer = setTimeout(look, rest);
        return;
      }
      const { catalogue, heights, scope } = store.getState();
      const troubled = analysis ? problemsIn(analysis, scope).keys() : [];
      const grown = new Set([...troubled, ...taller(document, catalogue.blocks)]);
      const found = spread(document, heights, grown);
      setList((old) => (JSON.stringify(old) === JSON.stringify(found) ? old : found));
    };
    look();
    return () => clearTimeout(timer);
  }, [document, analysis, turn, store]);

  return { list, now, again };
}
