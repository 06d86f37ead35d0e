/** Work that takes time: what it is, how far it is, and a button to end it. */

import type { ReactElement } from "react";
import { useCanvas, useLanguage, useT } from "../context";
import { bytes, count } from "../format";
import { askedAbout, type JobName } from "../jobs";
import type { DataRef, TaskState } from "../protocol";
import { pick } from "../texts";
import { useAct } from "./useProblems";

interface Props {
  task: TaskState;
  onCancel?: () => void;
}

/** A line with a bar, where the end is known. */
export function TaskLine({ task, onCancel }: Props): ReactElement {
  const t = useT();
  const language = useLanguage();
  const entry = useCanvas((canvas) => canvas.catalogue.data).find((each) => each.name === task.subject);
  const subject = entry ? pick(entry.title, language) : task.subject;
  const share = task.total > 0 ? Math.min(1, task.done / task.total) : null;
  const text = t(`ui.task.${task.name}`, { subject });
  return (
    <div className="bm-task" data-testid="blockml-task" data-task={task.name}>
      <p className="bm-task-text">
        <span role="status">{text}</span>
        <span className="bm-task-amount">{amount(t, task)}</span>
        {onCancel ? (
          <button type="button" className="bm-link" data-testid="blockml-cancel" onClick={onCancel}>
            {t("ui.task.cancel")}
          </button>
        ) : null}
      </p>
      {share === null ? null : (
        <div
          className="bm-progress"
          role="progressbar"
          aria-label={text}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <span style={{ inlineSize: `${share * 100}%` }} />
        </div>
      )}
    </div>
  );
}

/** How much is done, in the unit of the work; nothing before the first of it. */
function amount(t: ReturnType<typeof useT>, { done, total, unit }: TaskState): string {
  if (done === 0 && total === 0) return "";
  if (unit === "steps") return total > 0 ? `${Math.floor((100 * done) / total)}%` : "";
  const written = unit === "bytes" ? bytes : count;
  if (total > 0) return t(`ui.task.${unit}_of`, { done: written(done), total: written(total) });
  return t(`ui.task.${unit}`, { done: written(done) });
}

/** What a job does first, until the kernel says more. */
const FIRST: Record<JobName, TaskState["name"]> = {
  preview: "read",
  check: "check",
  read: "read",
  augmented: "read",
  rate: "rate",
};

interface JobProps {
  name: JobName;
  /** The data that it has to be about: that others are read is not told here. */
  about?: DataRef;
}

/** The progress of a job while it is going. */
export function JobLine({ name, about }: JobProps): ReactElement | null {
  const job = useCanvas((canvas) => canvas.jobs[name]);
  const task = useCanvas((canvas) => canvas.task);
  const data = useCanvas((canvas) => canvas.document.data.name);
  const cancel = useCanvas((canvas) => canvas.cancel);
  const act = useAct();
  const mine = about ? askedAbout(job, about) : job;
  if (!mine?.going) return null;
  // The kernel may still be ending what it did for other data.
  const isTold = task.name !== "" && (!about || task.subject === about.name);
  const shown: TaskState = isTold
    ? task
    : { name: FIRST[name], subject: data, done: 0, total: 0, unit: "steps" };
  return <TaskLine task={shown} onCancel={() => act(cancel)} />;
}
