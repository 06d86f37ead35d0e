/** Train: what will happen, what is happening, what came out, and the settings. */

import { type ReactElement, useEffect, useRef } from "react";
import css from "../../style/try.css";
import { useCanvas, useT } from "../context";
import { Icon } from "../icons";
import { Curves } from "../panels/Curves";
import { RecipeForm } from "../panels/RecipeForm";
import { isActive } from "../panels/RunControls";
import { RunNumbers } from "../panels/RunNumbers";
import { Compare } from "../panels/run/Compare";
import { More } from "../panels/run/More";
import { Notes } from "../panels/run/Notes";
import { Waiting } from "../panels/run/Waiting";
import { TestArea } from "../panels/TestArea";
import { TrainPlan } from "../panels/TrainPlan";

export { css };

/** Room, in pixels, above the test area when the panel was moved to it. */
const ABOVE = 12;

/** The panel of the training. */
export default function TrainPanel(): ReactElement {
  const t = useT();
  const run = useCanvas((canvas) => canvas.run);
  const other = useCanvas((canvas) => canvas.compared?.history);
  const none = run.status === "idle";
  const hasCurves = run.history.length > 0 || run.points.length > 0;
  const isWaiting = run.status === "queued" || run.status === "preparing";
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever starts a run from below, among the settings, wants to see it.
    const body = panel.current?.parentElement;
    if (isWaiting && body) body.scrollTop = 0;
  }, [isWaiting]);
  const goTest = (): void => {
    const [area, body] = [
      panel.current?.querySelector<HTMLElement>(".bm-test"),
      panel.current?.parentElement,
    ];
    if (!area || !body) return;
    // First within the panel, so that the notebook around moves only as far as it must.
    body.scrollTop += area.getBoundingClientRect().top - body.getBoundingClientRect().top - ABOVE;
    area.scrollIntoView?.({ block: "nearest" });
    area.focus({ preventScroll: true });
  };
  return (
    <div className="bm-train" ref={panel}>
      <Status />
      {none ? <TrainPlan /> : null}
      <Waiting run={run} />
      {none || (!hasCurves && (isWaiting || run.status === "failed")) ? null : <RunNumbers run={run} />}
      {run.can_predict ? (
        <button type="button" className="bm-link bm-train-try" data-testid="blockml-try" onClick={goTest}>
          <Icon name="picture" size={15} />
          {t("ui.test.go")}
        </button>
      ) : null}
      <Notes />
      {hasCurves || (isActive(run) && !isWaiting) ? <Curves run={run} other={other} /> : null}
      <More run={run} />
      {run.history.length > 0 ? <Compare run={run} /> : null}
      {none || (run.status === "failed" && !run.can_predict) ? null : <TestArea />}
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
