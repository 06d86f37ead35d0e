/** The bar below the canvas: what is wrong on the left, what the network costs on the right. */

import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { type Speech, useActions, useCanvas, useLanguage, useT } from "../context";
import { Icon } from "../icons";
import { FixButton } from "../panels/FixButton";
import type { Diagnostic } from "../protocol";
import { problemText } from "../texts";
import { Budget } from "./Budget";
import { isBeginning } from "./beginning";

const NONE: readonly Diagnostic[] = [];

/** The bar below. */
export function BottomBar(): ReactElement {
  return (
    <div className="bm-bottom">
      <ProblemList />
      <Budget />
    </div>
  );
}

/** The first problem in the bar; all of them in a sheet above it. */
function ProblemList(): ReactElement {
  const t = useT();
  const begins = useCanvas(isBeginning);
  const found = useCanvas((canvas) => canvas.analysis?.diagnostics ?? NONE);
  const problems = begins ? NONE : found;
  const [open, setOpen] = useState(false);
  const section = useRef<HTMLElement>(null);
  const id = useId();
  const errors = problems.filter((each) => each.severity === "error").length;
  const first = problems[0];
  useEffect(() => {
    if (problems.length === 0) setOpen(false);
  }, [problems.length]);
  useEffect(() => {
    const root = section.current?.closest<HTMLElement>(".blockml");
    if (!open || !root) return;
    const press = (event: globalThis.KeyboardEvent): void => {
      const target = event.target as Element;
      // A sheet that has the focus closes first.
      if (event.key !== "Escape" || target.closest("[role=dialog]")) return;
      // A field takes back what was typed, all the same.
      if (!target.matches("input, textarea")) event.stopPropagation();
      // What had the focus may go with the list.
      if (section.current?.contains(target)) section.current.querySelector("button")?.focus();
      setOpen(false);
    };
    root.addEventListener("keydown", press, true);
    return () => root.removeEventListener("keydown", press, true);
  }, [open]);
  return (
    <section
      ref={section}
      className="bm-problems"
      data-testid="blockml-problems"
      data-count={problems.length}
      aria-label={t("ui.problems.title")}
    >
      <button
        type="button"
        className="bm-problems-count"
        data-level={begins ? "begin" : errors > 0 ? "error" : problems.length > 0 ? "warning" : "none"}
        aria-expanded={open}
        aria-controls={id}
        disabled={problems.length === 0}
        onClick={() => setOpen(!open)}
      >
        <span className="bm-lamp" aria-hidden="true" />
        <span>{begins ? t("ui.problems.begin") : summary(t, errors, problems.length - errors)}</span>
        {problems.length > 0 ? <Icon name="chevron" /> : null}
      </button>
      <ul id={id} className={open ? "bm-problems-sheet nowheel" : "bm-problems-first"}>
        {(open ? problems : first ? [first] : NONE).map((problem, index) => (
          // Two problems can be equal in all but their place in the list.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <ProblemRow key={index} problem={problem} />
        ))}
      </ul>
    </section>
  );
}

/** How many problems there are, and how many hints beside them. */
function summary(say: Speech["say"], problems: number, hints: number): string {
  if (problems + hints === 0) return say("ui.problems.none");
  const parts = [
    problems > 0 ? say("ui.problems.problems", { count: problems }) : "",
    hints > 0 ? say("ui.problems.hints", { count: hints }) : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

function ProblemRow({ problem }: { problem: Diagnostic }): ReactElement {
  const language = useLanguage();
  const { jump } = useActions();
  const { node } = problem;
  const [fix] = problem.fixes;
  const message = problemText(problem, "message", language) || problem.code;
  return (
    <li
      className="bm-problem"
      data-testid={`blockml-problem-${problem.code}`}
      data-severity={problem.severity}
    >
      {node === null ? (
        <span className="bm-problem-text">{message}</span>
      ) : (
        <button
          type="button"
          className="bm-problem-text"
          title={problemText(problem, "hint", language)}
          onClick={() => jump(node)}
        >
          {/* Some sentences name it themselves. */}
          {message.includes(node) ? null : <b>{node} </b>}
          {message}
        </button>
      )}
      {fix ? <FixButton problem={problem} fix={fix} testid="blockml-fix" cut /> : null}
    </li>
  );
}
