/** The problems of one node, each with its repairs. */

import type { ReactElement } from "react";
import { useCanvas } from "../context";
import type { Diagnostic } from "../protocol";
import { pathOf } from "../scope";
import { FixButton } from "./FixButton";
import { useProblemText } from "./useProblems";

/** Problems and their fixes; nothing where there are none. */
export function Problems({ node }: { node: string }): ReactElement | null {
  const found = useCanvas((canvas) => canvas.analysis?.diagnostics);
  const path = useCanvas((canvas) => pathOf(canvas.scope, node));
  const mine = found?.filter((each) => each.node === path) ?? [];
  if (mine.length === 0) return null;
  return (
    <ul className="bm-problem-list">
      {mine.map((problem) => (
        <Problem key={`${problem.code}.${problem.port}.${problem.param}`} problem={problem} />
      ))}
    </ul>
  );
}

function Problem({ problem }: { problem: Diagnostic }): ReactElement {
  const problemText = useProblemText();
  return (
    <li className={`bm-note bm-note-${problem.severity === "error" ? "problem" : "warning"}`}>
      <span>{problemText(problem)}</span>
      <span className="bm-problem-fixes">
        {problem.fixes.map((fix) => (
          <FixButton key={JSON.stringify(fix)} problem={problem} fix={fix} />
        ))}
      </span>
    </li>
  );
}
