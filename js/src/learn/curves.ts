/** Activations as functions of one number, and softmax of several. */

import type { Params } from "./arithmetic";

/** Values of an activation. */
export type Curve = (x: number) => number;

/** The curve of a kind, or nothing where there is none of that name. */
export function curveOf(kind: string, params: Params): Curve | null {
  const number = (name: string, otherwise: number): number => {
    const value = params[name];
    return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
  };
  if (kind === "relu") return (x) => Math.max(0, x);
  if (kind === "scale") return (x) => number("factor", 0.5) * x;
  if (kind === "leaky") return leak(number("negative_slope", 0.01));
  if (kind === "prelu") return leak(number("init", 0.25));
  if (kind === "elu") {
    const alpha = number("alpha", 1);
    return (x) => (x > 0 ? x : alpha * Math.expm1(x));
  }
  if (kind === "gelu") return params.approximate === "tanh" ? geluByTanh : (x) => x * bell(x);
  if (kind === "silu") return (x) => x * sigmoid(x);
  if (kind === "sigmoid") return sigmoid;
  if (kind === "tanh") return Math.tanh;
  return null;
}

/** Probabilities of scores. */
export function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, each) => total + each, 0);
  return powers.map((each) => each / sum);
}

/** The logarithms of these probabilities. */
export function logSoftmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - highest), 0);
  return scores.map((score) => score - highest - Math.log(sum));
}

function leak(slope: number): Curve {
  return (x) => (x > 0 ? x : slope * x);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function geluByTanh(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** The share of a bell curve that lies below a number; Abramowitz and Stegun 7.1.26, exact to 1e-7. */
function bell(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const half = (1 - series * Math.exp(-z * z)) / 2;
  return x < 0 ? 0.5 - half : 0.5 + half;
}
