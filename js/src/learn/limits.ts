/** What a small picture can show: sizes are kept to what fits, and it is said where they were. */

import { type Params, pair } from "./arithmetic";

/** Side of the picture that windows slide over, and of the one that is printed. */
export const SIDE = 12;
export const SMALL_SIDE = 5;

/** Largest values that still can be seen, by the kind of picture. */
const MOST: Record<string, Record<string, number>> = {
  convolution: { kernel_size: 7, stride: 6, padding: 4, dilation: 3 },
  pool: { kernel_size: 8, stride: 8, padding: 4, dilation: 3 },
  parts: { output_size: SIDE },
  stamp: { kernel_size: 5, stride: 3, padding: 3, output_padding: 2, dilation: 2 },
  border: { padding: 4 },
};

export interface Fitted {
  params: Params;
  /** Names of parameters that are shown smaller than they are. */
  smaller: readonly string[];
}

/** Parameters as the picture can show them. */
export function shrink(kind: string, params: Params): Fitted {
  const found: Record<string, unknown> = { ...params };
  for (const [name, most] of Object.entries(MOST[kind] ?? {})) {
    if (!(name in params)) continue;
    const least = name.endsWith("padding") ? 0 : 1;
    found[name] = capped(found[name], least, most);
  }
  if (kind === "convolution" && found.padding === "same") found.stride = 1;
  if (kind === "pool") found.padding = each(found.padding, (value, at) => Math.min(value, half(found, at)));
  if (kind === "convolution" || kind === "pool") {
    const padding = typeof found.padding === "string" ? [0, 0] : pair(found.padding, 0);
    const dilation = pair(found.dilation ?? 1);
    if (found.padding !== "same")
      found.kernel_size = each(found.kernel_size, (value, at) =>
        Math.min(value, Math.floor((SIDE + 2 * (padding[at] ?? 0) - 1) / (dilation[at] ?? 1)) + 1),
      );
    if (kind === "pool") found.padding = each(found.padding, (value, at) => Math.min(value, half(found, at)));
  }
  if (kind === "stamp") {
    const [stride, dilation, size] = [pair(found.stride), pair(found.dilation), pair(found.kernel_size)];
    const room = (at: 0 | 1): number => (SMALL_SIDE - 1) * stride[at] + dilation[at] * (size[at] - 1);
    found.padding = each(found.padding, (value, at) => Math.min(value, Math.floor(room(at) / 2)));
    found.output_padding = each(found.output_padding, (value, at) =>
      Math.min(value, Math.max(stride[at], dilation[at]) - 1),
    );
  }
  const smaller = Object.keys(found).filter(
    (name) => JSON.stringify(found[name]) !== JSON.stringify(params[name]),
  );
  return { params: found, smaller };
}

function half(params: Params, at: 0 | 1): number {
  return Math.floor(pair(params.kernel_size)[at] / 2);
}

function capped(value: unknown, least: number, most: number): unknown {
  const keep = (one: unknown): number =>
    typeof one === "number" && Number.isFinite(one)
      ? Math.max(least, Math.min(most, Math.round(one)))
      : least;
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(keep) : keep(value);
}

/** A size of which each direction is changed; one number stays one number where both agree. */
function each(value: unknown, change: (value: number, at: 0 | 1) => number): unknown {
  if (typeof value === "string") return value;
  const [down, along] = pair(value, 0);
  const [first, second] = [change(down, 0), change(along, 1)];
  return Array.isArray(value) || first !== second ? [first, second] : first;
}
