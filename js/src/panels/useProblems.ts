import { useCallback } from "react";
import type { Diagnostic } from "../protocol";
import { useCanvas, useT } from "../store";

/** Both sentences of a problem: what happened, and how to mend it. */
export function useProblemText(): (problem: Diagnostic) => string {
  const t = useT();
  return useCallback(
    (problem) => {
      const parts = (["message", "hint"] as const).map((part) => {
        const key = `problems.${problem.code}.${part}`;
        const text = t(key, problem.values);
        return text === key ? "" : text;
      });
      // A code without sentences still shows itself: silence would be worse.
      return parts.join(" ").trim() || problem.code;
    },
    [t],
  );
}

/** Do something that can fail, and say so where it does. */
export function useAct(): (act: () => Promise<unknown>) => Promise<void> {
  const notify = useCanvas((canvas) => canvas.notify);
  const problemText = useProblemText();
  return useCallback(
    async (act) => {
      try {
        await act();
      } catch (error) {
        notify({ kind: "error", text: problemText(asProblem(error)) });
      }
    },
    [notify, problemText],
  );
}

/** What a request was refused with; anything else is a mistake of ours and shows as one. */
export function asProblem(error: unknown): Diagnostic {
  if (typeof error === "object" && error !== null && "code" in error && "severity" in error) {
    return error as Diagnostic;
  }
  const reason = error instanceof Error ? error.message : String(error);
  const values = { kind: error instanceof Error ? error.name : typeof error, reason };
  return { code: "internal", severity: "error", node: null, port: null, param: null, values, fixes: [] };
}
