/** Before the first step: whom the run waits for, and what is being prepared. */

import type { ReactElement } from "react";
import { useT } from "../../context";
import type { RunState } from "../../protocol";
import { TaskLine } from "../TaskLine";

/** The place in the queue, or what is done now. */
export function Waiting({ run }: { run: RunState }): ReactElement | null {
  const t = useT();
  if (run.status === "queued") {
    const ahead = run.ahead ?? 0;
    const key = ahead === 0 ? "next" : "ahead";
    return (
      <div className="bm-plan" data-testid="blockml-queue" data-ahead={ahead} role="status">
        <p>
          <b>{t(`ui.queue.${key}`, { count: ahead })}</b>
        </p>
        <p>{t("ui.queue.help")}</p>
      </div>
    );
  }
  // Until it is known what is prepared, the status above has said it all.
  if (run.status !== "preparing" || run.task.name === "") return null;
  return <TaskLine task={run.task} />;
}
