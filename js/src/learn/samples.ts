/** The small pictures that blocks are shown on, drawn by a formula, and windows that are easy to understand. */

import { type Plane, range } from "./arithmetic";

/** A three, as a pen draws it on a field of 12 by 12. */
const STROKE = [
  [3, 2.6],
  [4.6, 1.7],
  [6.6, 1.6],
  [8.2, 2.6],
  [8.2, 4.2],
  [7, 5.3],
  [5.4, 5.6],
  [7.4, 6],
  [8.7, 7.2],
  [8.6, 8.9],
  [7.2, 10.1],
  [5, 10.3],
  [3, 9.4],
] as const;
const FIELD = 12;

/** The picture of a digit with a given side, in steps of a tenth. */
export function digit(side = FIELD): Plane {
  const scale = FIELD / side;
  return range(side).map((row) =>
    range(side).map((column) => {
      const away = distance((column + 0.5) * scale - 0.3, (row + 0.5) * scale - 0.3);
      const ink = Math.max(0, Math.min(1, 1.35 - away / Math.max(1, scale * 0.75)));
      return Math.round(ink * 10) / 10;
    }),
  );
}

function distance(x: number, y: number): number {
  const parts = STROKE.slice(1).map((end, at) => {
    const start = STROKE[at] ?? end;
    const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
    const share = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy);
    const along = Math.max(0, Math.min(1, share));
    return Math.hypot(x - start[0] - along * dx, y - start[1] - along * dy);
  });
  return Math.min(...parts);
}

/** Windows by name; each exists in every size. */
export const KERNELS = ["upright", "level", "blur", "sharpen"] as const;
export type Kernel = (typeof KERNELS)[number];

/** A window of a given size. */
export function kernel(name: Kernel, height: number, width: number): Plane {
  const sign = (at: number, side: number): number => Math.sign(at - (side - 1) / 2);
  const weight = (row: number, column: number): number => {
    if (name === "upright") return width > 1 ? sign(column, width) : 1;
    if (name === "level") return height > 1 ? sign(row, height) : 1;
    if (name === "blur") return 1 / (height * width);
    const isMiddle = row === Math.floor((height - 1) / 2) && column === Math.floor((width - 1) / 2);
    return isMiddle ? height * width : -1;
  };
  const values = range(height).map((row) => range(width).map((column) => weight(row, column)));
  return height * width === 1 ? [[1]] : values;
}

/** Prints of a transposed convolution by name. */
export const PRINTS = ["square", "dot", "cross"] as const;
export type Print = (typeof PRINTS)[number];

/** A print of a given size. */
export function print(name: Print, height: number, width: number): Plane {
  const middle = [(height - 1) / 2, (width - 1) / 2] as const;
  const weight = (row: number, column: number): number => {
    const [down, along] = [Math.abs(row - middle[0]), Math.abs(column - middle[1])];
    if (name === "square") return 1;
    if (name === "cross") return down < 1 || along < 1 ? 1 : 0;
    return Math.round(100 / (1 + down + along)) / 100;
  };
  return range(height).map((row) => range(width).map((column) => weight(row, column)));
}

/** Numbers between -1 and 1 that look like chance and are always the same. */
export function chance(seed: number): () => number {
  let state = (seed + 1) * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.999;
  };
}
