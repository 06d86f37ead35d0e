/** Undo and redo: whole documents, which share what did not change. */

import type { Experiment } from "./protocol";
import type { Scope } from "./scope";

/** A document on the other side of a change, and the scope in which that change is seen, if it is on the canvas. */
export interface Moment {
  document: Experiment;
  scope: Scope | null;
}

/** What was, what is, and what was taken back. */
export interface History {
  past: readonly Moment[];
  present: Experiment;
  future: readonly Moment[];
  /** What the last change was about, and when it was; the next one about the same joins it. */
  merge: string | null;
  time: number;
}

/** Changes that are kept; older ones are forgotten. */
const KEPT = 5000;

/** Longest pause, in milliseconds, between two changes that join. */
const JOIN = 1500;

/** A history that begins here. */
export function begin(present: Experiment): History {
  return { past: [], present, future: [], merge: null, time: 0 };
}

/** Note a change. Changes with one `merge` name in quick succession, such as typing, are one step. */
export function record(
  history: History,
  present: Experiment,
  merge: string | null,
  now: number,
  scope: Scope | null = null,
): History {
  if (present === history.present) return history;
  const joins = merge !== null && merge === history.merge && now - history.time < JOIN;
  const before = { document: history.present, scope };
  const past = joins ? history.past : [...history.past, before].slice(-KEPT);
  return { past, present, future: [], merge, time: now };
}

/** Take the last change back. */
export function undo(history: History): History {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  const future = [{ document: history.present, scope: last.scope }, ...history.future];
  return { past: history.past.slice(0, -1), present: last.document, future, merge: null, time: 0 };
}

/** Make the change again that was taken back last. */
export function redo(history: History): History {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  const past = [...history.past, { document: history.present, scope: next.scope }];
  return { past, present: next.document, future, merge: null, time: 0 };
}
