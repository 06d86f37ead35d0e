/** Tells what has changed on a canvas: after a gesture, after its analysis, and while it trains. */

import { isBeginning } from "../canvas/beginning";
import { announce } from "../canvas/live";
import { changes } from "../canvas/spoken";
import { percent } from "../format";
import { isActive } from "../panels/RunControls";
import type { Diagnostic, Experiment, RunState } from "../protocol";
import type { CanvasStore, Store } from "../store";
import { problemText, sentence } from "../texts";

/** How long, in milliseconds, nothing must change before a change is told: nobody wants to hear each letter. */
const QUIET = 450;

/** How long, in milliseconds, a sentence waits for the shapes that the kernel computes. */
const PATIENCE = 2000;

/** Shortest time, in milliseconds, between two epochs that are told. */
const EPOCHS = 5000;

const told = new WeakMap<Store, { views: number; end: () => void }>();

/**
 * Tell what happens on a canvas, once for all its views; the function that comes back ends it.
 *
 * @param from - The document when the view came: this part may come later than the first change.
 */
export function narrate(store: Store, from: Experiment): () => void {
  const now = told.get(store) ?? { views: 0, end: begin(store, from) };
  now.views += 1;
  told.set(store, now);
  return () => {
    now.views -= 1;
    if (now.views > 0) return;
    now.end();
    told.delete(store);
  };
}

function begin(store: Store, from: Experiment): () => void {
  let before: Experiment | null = null;
  let problems = errors(store.getState());
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let epochs = Number.NEGATIVE_INFINITY;

  const look = (): void => {
    const state = store.getState();
    if (state.stale && performance.now() - since < PATIENCE) {
      timer = setTimeout(look, QUIET / 3);
      return;
    }
    const parts = before === null ? [] : changes(before, state);
    if (before !== null && parts.length > 0 && state.cause !== "edit") {
      parts[0] = sentence(`ui.access.live.${state.cause}`, state.language, { change: parts[0] });
    }
    const found = errors(state);
    parts.push(...aboutProblems(problems, found, state));
    problems = found;
    before = null;
    announce(parts.join(" "));
  };
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  };

  if (store.getState().document !== from) {
    before = from;
    wait();
  }
  const stop = store.subscribe((state, old) => {
    if (state.document !== old.document) {
      before ??= old.document;
      since = performance.now();
      wait();
    } else if (state.analysis !== old.analysis && before === null) {
      wait();
    }
    if (state.run !== old.run) {
      const text = aboutRun(old.run, state.run, state.language);
      if (text === null) return;
      const isEpoch = state.run.status === old.run.status;
      if (isEpoch && performance.now() - epochs < EPOCHS) return;
      if (isEpoch) epochs = performance.now();
      announce(text, "run");
    }
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

function errors(state: CanvasStore): readonly Diagnostic[] {
  if (isBeginning(state)) return [];
  return state.analysis?.diagnostics.filter((each) => each.severity === "error") ?? [];
}

function aboutProblems(
  old: readonly Diagnostic[],
  found: readonly Diagnostic[],
  { language }: CanvasStore,
): string[] {
  const named = (problem: Diagnostic): string => `${problem.code} ${problem.node}`;
  const known = new Set(old.map(named));
  const fresh = found.filter((each) => !known.has(named(each)));
  const say = (key: string, values = {}): string => sentence(`ui.access.live.${key}`, language, values);
  const [first] = fresh;
  if (first) {
    const text = problemText(first, "message", language) || first.code;
    const where = first.node ?? "";
    return [say(where === "" ? "problem" : "problem_at", { node: where, text })];
  }
  if (found.length === 0 && old.length > 0) return [say("solved")];
  if (found.length < old.length) return [say("fewer", { count: found.length })];
  return [];
}

/** What a new state of the training says; `null` where there is nothing to tell. */
function aboutRun(old: RunState, run: RunState, language: CanvasStore["language"]): string | null {
  const accuracy = run.test_accuracy ?? run.history.at(-1)?.test_accuracy;
  const values = {
    epoch: run.epoch,
    epochs: run.epochs,
    ahead: run.ahead ?? 0,
    accuracy: typeof accuracy === "number" ? percent(accuracy) : "?",
  };
  const say = (key: string): string => sentence(`ui.access.live.${key}`, language, values);
  if (run.status !== old.status) {
    if (run.status === "failed" && run.problem) return problemText(run.problem, "message", language);
    if (run.status === "finished" || run.status === "stopped") return say(run.status);
    if (run.status === "training" && !isActive(old)) return say("training");
    return run.status === "idle" ? null : `${sentence(`ui.status.${run.status}`, language)}.`;
  }
  return run.status === "training" && run.history.length > old.history.length ? say("epoch") : null;
}
