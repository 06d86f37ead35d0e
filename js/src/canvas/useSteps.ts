import { useCallback, useMemo, useRef, useState } from "react";
import type { Experiment } from "../protocol";
import { useCanvas, useCanvasStore } from "../store";
import { problems } from "./BlockNode";
import { type Step, spread } from "./spread";

interface Steps {
  list: readonly Step[];
  /** The same, for what happens outside of drawing. */
  now: { readonly current: readonly Step[] };
  /** Look again: a card has another height. */
  again: () => void;
}

const NO_STEPS: readonly Step[] = [];

/** How far cards give way to those above them that show a problem. */
export function useSteps(document: Experiment): Steps {
  const store = useCanvasStore();
  const analysis = useCanvas((canvas) => canvas.analysis);
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((each) => each + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are measured, which `turn` counts
  const list = useMemo(() => {
    if (!analysis) return NO_STEPS;
    const found = spread(document, store.getState().heights, new Set(problems(analysis).keys()));
    return found.length === 0 ? NO_STEPS : found;
  }, [document, analysis, turn, store]);
  const now = useRef(list);
  now.current = list;
  return { list, now, again };
}
