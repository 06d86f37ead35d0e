/** What blocks cost: their share of the weights, the operations, the memory and the time of a network. */

import { bytes, count, flops } from "./format";
import type { AnalysisState, NodeState } from "./protocol";

export const QUANTITIES = ["weights", "flops", "memory", "seconds"] as const;

export type Quantity = (typeof QUANTITIES)[number];

type T = (key: string, values?: Record<string, unknown>) => string;

/** Shades of the heat colours. */
export const SHADES = 5;

/** What the whole network takes. */
export function totalOf(analysis: AnalysisState, quantity: Quantity): number {
  if (quantity === "weights") return analysis.parameters;
  return analysis[quantity] ?? 0;
}

const activations = new WeakMap<AnalysisState, number>();

/** Bytes of all outputs for one picture. */
function outputs(analysis: AnalysisState): number {
  let sum = activations.get(analysis);
  if (sum === undefined) {
    sum = 0;
    // What stands in groups is counted with them.
    for (const [path, node] of Object.entries(analysis.nodes)) if (!path.includes("/")) sum += node.memory;
    activations.set(analysis, sum);
  }
  return sum;
}

/**
 * What a node takes.
 *
 * The memory of a training is that of the outputs of a batch and of their gradients; the rest of it belongs to the
 * weights, in equal shares.
 */
export function amountOf(
  analysis: AnalysisState,
  node: NodeState | undefined,
  quantity: Quantity,
  batch: number,
): number {
  if (!node) return 0;
  if (quantity === "weights") return node.parameters;
  if (quantity !== "memory") return node[quantity];
  const rest = Math.max(0, analysis.memory - 2 * batch * outputs(analysis));
  return (
    2 * batch * node.memory + (analysis.parameters > 0 ? (rest * node.parameters) / analysis.parameters : 0)
  );
}

/** The shade of an amount beside the largest, from 1; 0 is none. */
export function shadeOf(amount: number, largest: number): number {
  return amount > 0 && largest > 0 ? Math.max(1, Math.ceil((SHADES * amount) / largest - 1e-9)) : 0;
}

/** A share in whole percent; the smallest is not nothing, and the largest is not all. */
export function shareText(share: number): string {
  if (share <= 0) return "0%";
  if (share < 0.01) return "<1%";
  return `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100}%`;
}

/** An amount with its unit, short enough for a card. */
export function amountText(t: T, quantity: Quantity, amount: number): string {
  if (quantity === "weights") return count(amount);
  if (quantity === "flops") return flops(amount);
  if (quantity === "memory") return bytes(amount);
  return timeText(t, amount);
}

/** A time with as many digits as an estimate is good for. */
function timeText(t: T, seconds: number): string {
  if (seconds <= 0) return t("ui.budget.time.s", { count: 0 });
  if (seconds < 0.000095) return t("ui.budget.time.ms", { count: "<0.1" });
  if (seconds < 0.095) {
    const thousandths = 1000 * seconds;
    return t("ui.budget.time.ms", { count: Number(thousandths.toPrecision(thousandths < 1 ? 1 : 2)) });
  }
  if (seconds < 60) return t("ui.budget.time.s", { count: Number(seconds.toPrecision(seconds < 1 ? 1 : 2)) });
  if (seconds < 3600) return t("ui.budget.time.min", { count: Number((seconds / 60).toPrecision(2)) });
  return t("ui.budget.time.h", { count: Number((seconds / 3600).toPrecision(2)) });
}

/** Numbers that people say when they are not sure. */
const ROUND = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 90];

/** An estimated time of an epoch as people say it: it does not promise more than it knows. */
export function roughly(seconds: number): { unit: "less" | "s" | "min" | "h"; count: number } {
  if (seconds < 0.75) return { unit: "less", count: 1 };
  if (seconds < 75) return { unit: "s", count: round(seconds) };
  if (seconds < 75 * 60) return { unit: "min", count: round(seconds / 60) };
  return { unit: "h", count: round(seconds / 3600) };
}

function round(value: number): number {
  const distance = (each: number): number => Math.abs(Math.log(each / value));
  const near = ROUND.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  return value > 100 ? Math.round(value / 10) * 10 : near;
}
