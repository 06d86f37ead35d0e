/** The numbers of a run: accuracy, epoch, time, speed; and how far it is. */

import type { ReactElement, ReactNode } from "react";
import { useT } from "../context";
import { count, duration, figure, percent } from "../format";
import type { RunState } from "../protocol";
import { isActive } from "./RunControls";

/** How much of the run is done, between 0 and 1. */
export function progress(run: Pick<RunState, "epoch" | "epochs" | "step" | "steps">): number {
  if (run.epochs === 0) return 0;
  const inside = run.steps > 0 && run.epoch < run.epochs ? run.step / run.steps : 0;
  return Math.min(1, (run.epoch + inside) / run.epochs);
}

/** Whether an epoch is under way; otherwise only those that are done count. */
function isInside({ status }: RunState): boolean {
  return status === "training" || status === "paused" || status === "stopping";
}

/** The figures of the run, large. */
export function RunNumbers({ run }: { run: RunState }): ReactElement {
  const t = useT();
  const accuracy = run.test_accuracy ?? run.history.at(-1)?.test_accuracy ?? null;
  const active = isActive(run);
  const spent = run.history.reduce((sum, record) => sum + record.seconds, 0);
  const share = progress(run);
  return (
    <div className="bm-train-numbers">
      <dl className="bm-numbers">
        <Figure label={t("ui.train.accuracy")}>
          <span data-testid="blockml-accuracy" data-value={accuracy ?? ""}>
            {accuracy === null ? "–" : percent(accuracy)}
          </span>
        </Figure>
        <Figure label={t(isInside(run) ? "ui.train.epoch_now" : "ui.train.epochs_done")}>
          {/* The epoch that is under way counts as people do: the first is 1. */}
          {Math.min(run.epochs, run.epoch + (isInside(run) ? 1 : 0))}
          <small> / {run.epochs}</small>
        </Figure>
        <Figure label={t(active ? "ui.train.left" : "ui.train.took")}>
          {active ? (run.seconds_left === null ? "–" : duration(run.seconds_left)) : duration(spent)}
        </Figure>
      </dl>
      <div
        className="bm-progress"
        role="progressbar"
        aria-label={t("ui.train.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        data-status={run.status}
      >
        <span style={{ inlineSize: `${share * 100}%` }} />
      </div>
      <p className="bm-train-facts">
        {run.throughput > 0 ? <span>{t("ui.train.speed", { pictures: count(run.throughput) })}</span> : null}
        {active && run.learning_rate !== null ? (
          <span>{t("ui.train.rate", { rate: figure(run.learning_rate) })}</span>
        ) : null}
      </p>
      {run.device ? (
        <p className="bm-train-facts">
          <Engine run={run} />
        </p>
      ) : null}
      {run.folder ? (
        <p className="bm-train-facts">
          <span className="bm-train-folder" title={t("ui.train.folder", { folder: run.folder })}>
            {ending(run.folder)}
          </span>
        </p>
      ) : null}
    </div>
  );
}

/** Where and how it computes, in few words; what they mean stands behind them. */
function Engine({ run }: { run: RunState }): ReactElement {
  const t = useT();
  const words = planWords(run.plan);
  const text = [
    t("ui.engine.on", { device: run.device }),
    ...words.map((word) => t(`ui.engine.${word}`)),
  ].join(" · ");
  const help = words.map((word) => t(`ui.engine.${word}_help`)).join(" ");
  return (
    <span className="bm-train-engine" title={help || undefined}>
      {text}
    </span>
  );
}

/** What is worth a word in a plan; what everybody expects is not. */
export function planWords(plan: RunState["plan"]): string[] {
  if (plan === null) return [];
  const words: string[] = [plan.precision];
  if (plan.channels_last) words.push("channels_last");
  if (plan.mode !== "eager") words.push("cuda_graph");
  if (plan.mode === "compiled") words.push("compiled");
  if (plan.stream) words.push("stream");
  if (plan.threads === "one") words.push("one_thread");
  return words;
}

/** The last parts of a path, which tell one run from another. */
function ending(path: string): string {
  const parts = path.split(/[\\/]/);
  return parts.length > 3 ? `…/${parts.slice(-3).join("/")}` : path;
}

function Figure({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
