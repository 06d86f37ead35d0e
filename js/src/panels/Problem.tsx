/** A problem as a note: what happened, how to mend it, and what can be done about it here. */

import type { ReactElement, ReactNode } from "react";
import { useLanguage } from "../context";
import { Icon } from "../icons";
import type { Diagnostic } from "../protocol";
import { problemText, sentence } from "../texts";

interface Props {
  problem: Diagnostic;
  /** Buttons below the sentences. */
  children?: ReactNode;
}

/** The note; a screen reader says it when it appears. */
export function ProblemNote({ problem, children }: Props): ReactElement {
  const language = useLanguage();
  const hint = problemText(problem, "hint", language);
  const details = problemText(problem, "details", language);
  return (
    <div className="bm-note bm-note-problem" role="alert" data-problem={problem.code}>
      <Icon name="warning" />
      <div className="bm-note-body">
        <p>
          <b>{problemText(problem, "message", language) || problem.code}</b> {hint}
        </p>
        {children}
        {details ? (
          <details className="bm-note-details">
            <summary>{sentence("ui.problems.details", language)}</summary>
            <p>{details}</p>
          </details>
        ) : null}
      </div>
    </div>
  );
}
