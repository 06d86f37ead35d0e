/** Undo and redo: whole documents, which share what did not change. */

import type { Experiment } from "./protocol";

/** What was, what is, and what was taken back. */
export interface History {
  past: readonly Experiment[];
  present: Experiment;
  future: readonly Experiment[];
  /** What the last change was about, and when it was; the next one about the same joins it. */
  merge: string | null;
  time: number;
}

/** Changes that are kept; older ones are forgotten. */
const KEPT = 1000;

/** Longest pause, in milliseconds, between two changes that join. */
const JOIN = 1500;

/** A history that begins here. */
export function begin(present: Experiment): History {
  return { past: [], present, future: [], merge: null, time: 0 };
}

/** Note a change. Changes with one `merge` name in quick succession, such as typing, are one step. */
export function record(history: History, present: Experiment, merge: string | null, now: number): History {
  if (present === history.present) return history;
  const joins = merge !== null && merge === history.merge && now - history.time < JOIN;
  const past = joins ? history.past : [...history.past, history.present].slice(-KEPT);
  return { past, present, future: [], merge, time: now };
}

/** Take the last change back. */
export function undo(history: History): History {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present, future, merge: null, time: 0 };
}

/** Make the change again that was taken back last. */
export function redo(history: History): History {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, merge: null, time: 0 };
}
