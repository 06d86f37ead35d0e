/** The button of a repair. */

import type { ReactElement } from "react";
import { applyPatch } from "../document";
import type { Diagnostic, Fix } from "../protocol";
import { useCanvas } from "../store";
import { fixLabel, problemText } from "../texts";

interface Props {
  problem: Diagnostic;
  fix: Fix;
  testid?: string;
}

/** Mends a problem in one click; what it does stands on it. */
export function FixButton({ problem, fix, testid }: Props): ReactElement {
  const language = useCanvas((canvas) => canvas.language);
  const edit = useCanvas((canvas) => canvas.edit);
  return (
    <button
      type="button"
      className="bm-fix nodrag nopan"
      data-severity={problem.severity}
      data-testid={testid}
      title={problemText(problem, "hint", language)}
      onClick={() => edit((document) => applyPatch(document, fix.patch))}
    >
      {fixLabel(fix, language)}
    </button>
  );
}
