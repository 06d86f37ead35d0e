/** The settings of the training as data: which group, where one counts, what differs; and the learning rate over time. */

import type { Param, Recipe } from "../../protocol";
import { same, valueIn } from "../values";

/** The recipe of a document, by the names of its settings. */
export type Settings = Readonly<Record<string, unknown>>;

/** Settings of one kind, in the order of the kernel. */
export interface Group {
  name: string;
  params: Param[];
}

/** Order of the groups; one that is not here comes after them. */
const ORDER = ["basic", "optimizer", "schedule", "generalization", "augmentation", "run"];

/** The settings by group; those without one are basic. */
export function grouped(params: readonly Param[]): Group[] {
  const names = [...new Set([...ORDER, ...params.map((param) => param.group || "basic")])];
  const found = names.map((name) => ({
    name,
    params: params.filter((param) => (param.group || "basic") === name),
  }));
  return found.filter((group) => group.params.length > 0);
}

/** Whether a setting does anything beside the others. */
export function applies(param: Param, settings: Settings): boolean {
  return Object.entries(param.only).every(([name, values]) => values.includes(String(settings[name])));
}

/** The settings that do something and are not at their default. */
export function changed(params: readonly Param[], settings: Settings): Param[] {
  return params.filter(
    (param) =>
      applies(param, settings) && !same(valueIn(param, settings[param.name]), valueIn(param, undefined)),
  );
}

/** What the learning rate follows. */
export type Timing = Pick<Recipe, "epochs" | "learning_rate" | "schedule" | "warmup" | "step_size" | "gamma">;

/** The learning rate after a share of the training, as `blockml.loop.rate` has it with many steps. */
export function rateAfter(share: number, timing: Timing): number {
  const { learning_rate: peak, schedule, warmup } = timing;
  const wave = (from: number, to: number, done: number): number =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, done)));
  if (schedule === "one_cycle") {
    const turn = warmup || 0.3;
    return share <= turn
      ? wave(peak / 25, peak, share / turn)
      : wave(peak, peak / 25e4, (share - turn) / (1 - turn));
  }
  const rate = share < warmup ? (peak * share) / warmup : peak;
  if (schedule === "cosine") return share < warmup ? rate : wave(peak, 0, (share - warmup) / (1 - warmup));
  if (schedule === "step")
    return rate * timing.gamma ** Math.floor((share * timing.epochs) / timing.step_size);
  return rate;
}

/** A rate that was measured, with the digits that mean something. */
export function roundRate(rate: number): number {
  return Number(rate.toPrecision(2));
}
