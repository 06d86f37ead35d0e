/** Train: what will happen, what is happening, what came out, and the settings. */

import type { ReactElement } from "react";
import { Icon } from "../icons";
import { useCanvas, useT } from "../store";
import { Curves } from "./Curves";
import { RecipeForm } from "./RecipeForm";
import { isActive, isChanged } from "./RunControls";
import { RunNumbers } from "./RunNumbers";
import { TestArea } from "./TestArea";
import { TrainPlan } from "./TrainPlan";
import { useProblemText } from "./useProblems";

/** The panel of the training. */
export function TrainPanel(): ReactElement {
  const run = useCanvas((canvas) => canvas.run);
  const none = run.status === "idle";
  const failed = run.status === "failed";
  const hasCurves = run.history.length > 0 || run.points.length > 0;
  return (
    <div className="bm-train">
      <Status />
      {none ? <TrainPlan /> : null}
      {none || (failed && !hasCurves) ? null : <RunNumbers run={run} />}
      <Notes />
      {hasCurves || isActive(run) ? <Curves run={run} /> : null}
      {none ? null : <TestArea />}
      <RecipeForm />
    </div>
  );
}

function Status(): ReactElement {
  const t = useT();
  const status = useCanvas((canvas) => canvas.run.status);
  return (
    <p className="bm-train-status" data-testid="blockml-status" data-status={status} role="status">
      <span className="bm-train-lamp" aria-hidden="true" />
      {t(`ui.status.${status}`)}
    </p>
  );
}

/** Sentences that are needed now and then. */
function Notes(): ReactElement | null {
  const t = useT();
  const run = useCanvas((canvas) => canvas.run);
  const problemText = useProblemText();
  const notes: { key: string; kind: "warning" | "problem" | "info"; text: string }[] = [];
  if (run.problem) notes.push({ key: "problem", kind: "problem", text: problemText(run.problem) });
  if (run.status === "interrupted")
    notes.push({ key: "interrupted", kind: "info", text: t("ui.train.interrupted") });
  if (isChanged(run)) {
    const key = isActive(run) ? "ui.train.changed_active" : "ui.train.changed";
    notes.push({ key: "changed", kind: "info", text: t(key) });
  }
  if (notes.length === 0) return null;
  return (
    <>
      {notes.map((note) => (
        <p key={note.key} className={`bm-note bm-note-${note.kind}`}>
          {note.kind === "info" ? null : <Icon name="warning" />}
          <span>{note.text}</span>
        </p>
      ))}
    </>
  );
}
