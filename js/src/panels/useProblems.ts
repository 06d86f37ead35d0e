import { useCallback } from "react";
import { useActions, useCanvas, useLanguage } from "../context";
import { asProblem } from "../problems";
import type { Diagnostic } from "../protocol";
import { problemText } from "../texts";

/** Both sentences of a problem: what happened, and how to mend it. */
export function useProblemText(): (problem: Diagnostic) => string {
  const language = useLanguage();
  const whole = useCanvas((canvas) => canvas.whole);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more sentences are another function
  return useCallback(
    (problem) => {
      const parts = [problemText(problem, "message", language), problemText(problem, "hint", language)];
      // A code without sentences still shows itself: silence would be worse.
      return parts.join(" ").trim() || problem.code;
    },
    [language, whole],
  );
}

/** Do something that can fail, and say so where it does. */
export function useAct(): (act: () => Promise<unknown>) => Promise<void> {
  const { notify } = useActions();
  const text = useProblemText();
  return useCallback(
    async (act) => {
      try {
        await act();
      } catch (error) {
        notify({ kind: "error", text: text(asProblem(error)) });
      }
    },
    [notify, text],
  );
}
