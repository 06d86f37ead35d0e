/** One problem with what can be done about it: what a repair would change stands there before it is made. */

import { type ReactElement, useId, useLayoutEffect, useRef } from "react";
import { useCanvasStore, useLanguage, useT } from "../../context";
import { FixButton } from "../../panels/FixButton";
import { applyPatch } from "../../patch";
import type { Diagnostic } from "../../protocol";
import { placeOf } from "../../scope";
import { problemText } from "../../texts";
import { changes } from "../spoken";
import { Sheet } from "./Sheet";

interface Props {
  problem: Diagnostic;
  close: (focus: string | null) => void;
}

export function ProblemSheet({ problem, close }: Props): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const language = useLanguage();
  const buttons = useRef<HTMLUListElement>(null);
  const text = useRef<HTMLParagraphElement>(null);
  const name = useId();
  const id = problem.node === null ? null : placeOf(problem.node).id;
  const message = problemText(problem, "message", language) || problem.code;

  // Another problem takes the focus anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    (buttons.current?.querySelector<HTMLElement>("button") ?? text.current)?.focus();
  }, [problem]);

  const effect = (patch: Diagnostic["fixes"][number]["patch"]): string => {
    const state = store.getState();
    // The shapes of the new network are not known before it is there.
    const next = { ...state, document: applyPatch(state.document, patch), stale: true };
    return changes(state.document, next).join(" ");
  };
  return (
    <Sheet
      title={id ? t("ui.access.ask.problem_at", { node: id }) : t("ui.access.ask.problem")}
      testid="blockml-problem-sheet"
      onClose={() => close(id)}
    >
      <p ref={text} className="bm-ask-text" tabIndex={-1}>
        <b>{message}</b> {problemText(problem, "hint", language)}
      </p>
      {problem.fixes.length > 0 ? (
        <ul ref={buttons} className="bm-ask-fixes">
          {problem.fixes.map((fix, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: repairs have no names, and their order stays
            <li key={index}>
              <FixButton
                problem={problem}
                fix={fix}
                describedBy={`${name}${index}`}
                onDone={() => close(id)}
              />
              <span id={`${name}${index}`}>{effect(fix.patch)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="bm-ask-none">{t("ui.access.ask.problem_keys")}</p>
    </Sheet>
  );
}
