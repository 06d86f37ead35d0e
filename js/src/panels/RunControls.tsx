/** Run, pause, continue and stop. */

import { type ReactElement, useState } from "react";
import { isBeginning } from "../canvas/beginning";
import { useActions, useCanvas, useT } from "../context";
import { Icon, type IconName } from "../icons";
import type { RequestName } from "../model";
import type { RunState } from "../protocol";
import { useAct } from "./useProblems";

type Verb = Extract<RequestName, "train" | "pause" | "resume" | "stop">;

/** A button of the controls. */
export interface Control {
  verb: Verb;
  /** Key of the label under `ui.run`. */
  label: string;
  icon: IconName;
  testid: string;
  primary: boolean;
  waiting: boolean;
}

/** Whether the network on the canvas is not the one of the run. */
export function isChanged(run: RunState): boolean {
  return run.content_hash !== "" && run.current_hash !== "" && run.content_hash !== run.current_hash;
}

/** Whether training is under way: waiting, going or paused. */
export function isActive(run: Pick<RunState, "status">): boolean {
  return ["queued", "preparing", "training", "paused", "stopping"].includes(run.status);
}

/** The buttons that make sense now, the main one first. */
export function controls(run: RunState): Control[] {
  const start = { verb: "train", icon: "play", testid: "blockml-run", waiting: false } as const;
  const stop = { verb: "stop", label: "stop", icon: "stop", testid: "blockml-stop", primary: false } as const;
  switch (run.status) {
    case "queued":
      return [{ ...stop, label: "leave", waiting: false }];
    case "preparing":
      // It may have to fetch pictures first, so it can be stopped too.
      return [{ ...stop, waiting: false }];
    case "stopping":
      return [{ ...stop, label: run.status, waiting: true }];
    case "training":
      return [
        {
          verb: "pause",
          label: "pause",
          icon: "pause",
          testid: "blockml-pause",
          primary: false,
          waiting: false,
        },
        { ...stop, waiting: false },
      ];
    case "paused":
      // In the place of Run, so that the same spot always means: go on.
      return [
        { ...start, verb: "resume", label: "resume", primary: true },
        { ...stop, waiting: false },
      ];
    case "stopped":
    case "interrupted": {
      const resume = { ...start, verb: "resume", label: "resume", testid: "blockml-resume" } as const;
      const again = { ...start, label: "restart", icon: "restart" } as const;
      // After an edit a new run is the likely wish; before it, the rest of the old one.
      return isChanged(run)
        ? [
            { ...start, label: "run", primary: true },
            { ...resume, primary: false },
          ]
        : [
            { ...resume, primary: true },
            { ...again, primary: false },
          ];
    }
    default:
      return [{ ...start, label: "run", primary: true }];
  }
}

/** The controls of the run. */
export function RunControls(): ReactElement {
  const t = useT();
  const run = useCanvas((canvas) => canvas.run);
  const { request, show } = useActions();
  const isBlocked = useBlocked();
  const act = useAct();
  const [pending, setPending] = useState<Verb | null>(null);

  const press = async (verb: Verb): Promise<void> => {
    if (pending !== null || (verb === "train" && isBlocked())) return;
    setPending(verb);
    if (verb === "train" || verb === "resume") show("train");
    await act(() => request(verb));
    setPending(null);
  };

  return (
    <div className="bm-run">
      {controls(run).map((control) => (
        <button
          key={control.label}
          type="button"
          className={control.primary ? "bm-button bm-button-primary" : "bm-button"}
          data-testid={control.testid}
          aria-busy={control.waiting || pending === control.verb}
          disabled={control.waiting}
          aria-label={t(`ui.run.${control.label}`)}
          onClick={() => press(control.verb)}
        >
          <Icon name={control.icon} size={14} />
          <span>{t(`ui.run.${control.label}`)}</span>
        </button>
      ))}
    </div>
  );
}

/** Asks whether problems keep the network from running; if so it leads to the first of them. */
function useBlocked(): () => boolean {
  const t = useT();
  const analysis = useCanvas((canvas) => canvas.analysis);
  const stale = useCanvas((canvas) => canvas.stale);
  const { jump, notify } = useActions();
  const begins = useCanvas(isBeginning);
  return () => {
    // While the newest edit is not analysed yet the kernel decides; it refuses with the same problems.
    const errors = stale ? [] : (analysis?.diagnostics ?? []).filter((each) => each.severity === "error");
    if (errors.length === 0) return false;
    if (begins) {
      // On the empty canvas nothing is wrong yet, and there is nothing to lead to.
      notify({ kind: "info", text: t("ui.plan.begin") });
      return true;
    }
    const first = errors.find((each) => each.node !== null);
    if (first?.node) jump(first.node);
    notify({ kind: "error", text: t("ui.run.blocked", { count: errors.length }), until: "edit" });
    return true;
  };
}
