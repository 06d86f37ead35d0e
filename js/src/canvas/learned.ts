/** What a person has learned of the canvas, kept by the browser: how far the tour is, and the hints. */

import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { recall, remember } from "../keep/memory";

export interface Learned {
  /** `new` was never begun, `later` was left and can be taken up again. */
  tour: "new" | "on" | "later" | "done";
  /** The step at which the tour is. */
  step: number;
  /** Key of the canvas that it is in; it waits there, and does not jump out in others. */
  where: string;
  /** Whether hints are wanted. */
  hints: boolean;
  /** How often each thing was done that a hint tells of; a hint that was closed counts as learned. */
  done: Readonly<Record<string, number>>;
}

const TOURS: readonly Learned["tour"][] = ["new", "on", "later", "done"];

const FIRST: Learned = { tour: "new", step: 0, where: "", hints: true, done: {} };

/** The state of this page; what other pages of the browser do comes with the next one. */
export const learned = createStore<Learned>()(() => ({ ...FIRST, ...kept() }));

/** Change it, and let the browser keep it. */
export function learn(change: Partial<Learned>): void {
  learned.setState(change);
  remember("learned", JSON.stringify(learned.getState()));
}

/** Begin the tour in a canvas, or go on with it there. */
export function guide(where: string, step = learned.getState().step): void {
  learn({ tour: "on", step, where });
}

/** Part of it, in a component. */
export function useLearned<T>(part: (state: Learned) => T): T {
  return useStore(learned, part);
}

function kept(): Partial<Learned> {
  try {
    const found: unknown = JSON.parse(recall("learned") ?? "{}");
    const { tour, step, where, hints, done } = (found ?? {}) as Partial<Learned>;
    // An older or newer version, or another page, may have kept something else there.
    if (!TOURS.some((each) => each === tour) || !Number.isSafeInteger(step) || Number(step) < 0) return {};
    const isCounted = typeof done === "object" && done && Object.values(done).every(Number.isSafeInteger);
    if (!isCounted || typeof hints !== "boolean") return {};
    return { tour, step, where: typeof where === "string" ? where : "", hints, done };
  } catch {
    return {};
  }
}
