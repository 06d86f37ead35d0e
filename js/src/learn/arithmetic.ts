/**
 * What blocks do to a small picture, number by number.
 *
 * The kernel computes what a network does; here the same arithmetic is done so that it can be watched. Golden
 * cases made by torch say that both agree.
 */

/** A picture of one channel. */
export type Plane = readonly (readonly number[])[];

/** A picture with a border; `null` is a pixel that does not count. */
export interface Framed {
  values: readonly (readonly (number | null)[])[];
  top: number;
  left: number;
  /** Height and width of the picture inside. */
  height: number;
  width: number;
}

export interface Cell {
  row: number;
  column: number;
}

/** One number that a result is made of, and where it stands before. */
export interface Term {
  cell: Cell;
  value: number | null;
  weight: number;
}

/** How one number of the result came about. */
export interface Look {
  terms: readonly Term[];
  /** Numbers of the window in a row. */
  across: number;
  total: number;
  /** What the sum was divided by. */
  divisor: number;
  /** Place of the term that won, or -1. */
  winner: number;
}

/** A picture before and after a block that makes each number from a window. */
export interface Scene {
  before: Framed;
  after: Plane;
  /** The result as a picture with a border, where it is one. */
  around?: Framed;
  /** Numbers of the result, in the order in which they are made. */
  order: readonly number[];
  look: (at: number) => Look;
}

/** Parameters of a block, its defaults included. */
export type Params = Readonly<Record<string, unknown>>;

/** Height and width of a size. */
export function pair(value: unknown, otherwise = 1): [number, number] {
  const [first, second] = Array.isArray(value) ? value : [value, value];
  return [whole(first, otherwise), whole(second, otherwise)];
}

function whole(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.round(value) : otherwise;
}

/** How a border is filled. */
export type Fill = "zeros" | "constant" | "reflect" | "replicate" | "circular" | "nothing";

/** Where a pixel of a border is copied from, or -1 where it is not a copy. */
export function source(at: number, side: number, fill: Fill): number {
  if (at >= 0 && at < side) return at;
  if (fill === "replicate") return Math.max(0, Math.min(side - 1, at));
  if (fill === "circular") return ((at % side) + side) % side;
  if (fill === "reflect") return at < 0 ? -at : 2 * (side - 1) - at;
  return -1;
}

interface Border {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Put a border around a picture. */
export function frame(picture: Plane, border: Border, fill: Fill, value = 0): Framed {
  const [height, width] = sides(picture);
  const pixel = (row: number, column: number): number | null => {
    const [from, beside] = [source(row, height, fill), source(column, width, fill)];
    if (from >= 0 && beside >= 0) return picture[from]?.[beside] ?? 0;
    return fill === "nothing" ? null : value;
  };
  const values = range(height + border.top + border.bottom).map((row) =>
    range(width + border.left + border.right).map((column) => pixel(row - border.top, column - border.left)),
  );
  return { values, top: border.top, left: border.left, height, width };
}

/** The border of a convolution: a number, two of them, or a word. */
function margins(params: Params, reach: readonly [number, number]): Border {
  if (params.padding === "same") {
    const [top, left] = [Math.floor(reach[0] / 2), Math.floor(reach[1] / 2)];
    return { top, bottom: reach[0] - top, left, right: reach[1] - left };
  }
  const [rows, columns] = params.padding === "valid" ? [0, 0] : pair(params.padding, 0);
  return { top: rows, bottom: rows, left: columns, right: columns };
}

const FILLS: Record<string, Fill> = { reflect: "reflect", replicate: "replicate", circular: "circular" };

/** A convolution of one channel by one filter. */
export function convolve(picture: Plane, kernel: Plane, bias: number, params: Params): Scene {
  const [height, width] = sides(kernel);
  const dilation = pair(params.dilation);
  const step = params.padding === "same" ? ([1, 1] as const) : pair(params.stride);
  const reach = [dilation[0] * (height - 1), dilation[1] * (width - 1)] as const;
  const before = frame(picture, margins(params, reach), FILLS[String(params.padding_mode)] ?? "zeros");
  const [tall, wide] = sides(before.values);
  const rows = Math.floor((tall - reach[0] - 1) / step[0]) + 1;
  const columns = Math.floor((wide - reach[1] - 1) / step[1]) + 1;
  const look = (at: number): Look => {
    const [top, left] = [Math.floor(at / columns) * step[0], (at % columns) * step[1]];
    const terms = range(height * width).map((each): Term => {
      const [down, along] = [Math.floor(each / width), each % width];
      const cell = { row: top + down * dilation[0], column: left + along * dilation[1] };
      return { cell, value: valueAt(before, cell), weight: kernel[down]?.[along] ?? 0 };
    });
    const total = terms.reduce((sum, term) => sum + (term.value ?? 0) * term.weight, bias);
    return { terms, across: width, total, divisor: 1, winner: -1 };
  };
  return scene(before, rows, columns, look);
}

/** Places of pooling windows along one side. */
function windows(side: number, padding: number, window: number, reach: number, step: number, keep: boolean) {
  const room = side + 2 * padding - reach;
  const count = (keep ? Math.ceil(room / step) : Math.floor(room / step)) + 1;
  // A last window that would start in the border is dropped.
  return { count: keep && (count - 1) * step >= side + padding ? count - 1 : count, window, step };
}

/** Max and average pooling of one channel. */
export function pool(kind: "max" | "average", picture: Plane, params: Params): Scene {
  const [high, broad] = pair(params.kernel_size);
  const [stepDown, stepAlong] = params.stride === "window" ? [high, broad] : pair(params.stride);
  const [padTop, padLeft] = pair(params.padding, 0);
  const [apartDown, apartAlong] = pair(params.dilation ?? 1);
  const [tall, wide] = sides(picture);
  const keep = params.ceil_mode === true;
  const down = windows(tall, padTop, high, apartDown * (high - 1) + 1, stepDown, keep);
  const along = windows(wide, padLeft, broad, apartAlong * (broad - 1) + 1, stepAlong, keep);
  const border = { top: padTop, bottom: padTop, left: padLeft, right: padLeft };
  const before = frame(picture, border, kind === "max" ? "nothing" : "zeros");
  const look = (at: number): Look => {
    const [top, left] = [Math.floor(at / along.count) * stepDown, (at % along.count) * stepAlong];
    const cells = range(high * broad).map((each) => ({
      row: top + Math.floor(each / broad) * apartDown,
      column: left + (each % broad) * apartAlong,
    }));
    const terms = cells
      .filter((cell) => before.values[cell.row]?.[cell.column] !== undefined)
      .map((cell): Term => ({ cell, value: valueAt(before, cell), weight: 1 }));
    const across = new Set(terms.map((term) => term.cell.column)).size;
    if (kind === "max") return largest(terms, across);
    const real = terms.filter((term) => inside(before, term.cell)).length;
    const counted = params.count_include_pad === false ? real : terms.length;
    const chosen = whole(params.divisor_override, 0);
    return mean(terms, across, chosen > 0 ? chosen : counted);
  };
  return scene(before, down.count, along.count, look);
}

/** The mean, or the largest, of each part of a picture that is cut into a given number of parts. */
export function adaptive(kind: "max" | "average", picture: Plane, params: Params): Scene {
  const [rows, columns] = pair(params.output_size);
  const [tall, wide] = sides(picture);
  const before = frame(picture, { top: 0, bottom: 0, left: 0, right: 0 }, "zeros");
  const cut = (at: number, side: number, parts: number): [number, number] => [
    Math.floor((at * side) / parts),
    Math.ceil(((at + 1) * side) / parts),
  ];
  const look = (at: number): Look => {
    const [top, bottom] = cut(Math.floor(at / columns), tall, rows);
    const [left, right] = cut(at % columns, wide, columns);
    const across = right - left;
    const terms = range((bottom - top) * across).map((each): Term => {
      const cell = { row: top + Math.floor(each / across), column: left + (each % across) };
      return { cell, value: valueAt(before, cell), weight: 1 };
    });
    return kind === "max" ? largest(terms, across) : mean(terms, across, terms.length);
  };
  return scene(before, rows, columns, look);
}

/** A border of its own; the numbers that are made are those of the border. */
export function pad(picture: Plane, params: Params, fill: Fill): Scene {
  const value = params.padding;
  const [left = 0, right = 0, top = 0, bottom = 0] = Array.isArray(value)
    ? value.map((each) => whole(each, 0))
    : range(4).map(() => whole(value, 0));
  const [height, width] = sides(picture);
  const before = frame(picture, { top: 0, bottom: 0, left: 0, right: 0 }, "zeros");
  const filling = typeof params.value === "number" ? params.value : 0;
  const framed = frame(picture, { top, bottom, left, right }, fill, filling);
  const after = framed.values.map((row) => row.map((each) => each ?? 0));
  const across = width + left + right;
  const look = (at: number): Look => {
    const row = source(Math.floor(at / across) - top, height, fill);
    const column = source((at % across) - left, width, fill);
    const total = after[Math.floor(at / across)]?.[at % across] ?? 0;
    const copied = row >= 0 && column >= 0;
    const terms = copied ? [{ cell: { row, column }, value: total, weight: 1 }] : [];
    return { terms, across: 1, total, divisor: 1, winner: -1 };
  };
  const isBorder = (at: number): boolean =>
    !inside(framed, { row: Math.floor(at / across), column: at % across });
  return { before, after, around: framed, order: range(across * after.length).filter(isBorder), look };
}

/** What a transposed convolution made so far. */
export interface Stamps {
  after: Plane;
  /** Cells of the result that the print of an input pixel reaches; those that were cut off are left out. */
  print: (at: number) => readonly { cell: Cell; weight: number }[];
  /** The result when the first prints have been made. */
  upTo: (count: number) => Plane;
  /** What one number of the result is the sum of. */
  look: (at: number) => Look;
}

/** A transposed convolution of one channel by one filter. */
export function stamp(picture: Plane, kernel: Plane, bias: number, params: Params): Stamps {
  const [tall, wide] = sides(picture);
  const [height, width] = sides(kernel);
  const [stepDown, stepAlong] = pair(params.stride);
  const [cutTop, cutLeft] = pair(params.padding, 0);
  const [moreDown, moreAlong] = pair(params.output_padding, 0);
  const [apartDown, apartAlong] = pair(params.dilation);
  const rows = (tall - 1) * stepDown - 2 * cutTop + apartDown * (height - 1) + 1 + moreDown;
  const columns = (wide - 1) * stepAlong - 2 * cutLeft + apartAlong * (width - 1) + 1 + moreAlong;
  const print = (at: number): { cell: Cell; weight: number }[] =>
    range(height * width)
      .map((each) => {
        const [down, along] = [Math.floor(each / width), each % width];
        const cell = {
          row: Math.floor(at / wide) * stepDown + down * apartDown - cutTop,
          column: (at % wide) * stepAlong + along * apartAlong - cutLeft,
        };
        return { cell, weight: kernel[down]?.[along] ?? 0 };
      })
      .filter(({ cell }) => cell.row >= 0 && cell.row < rows && cell.column >= 0 && cell.column < columns);
  const upTo = (count: number): Plane => {
    const made = range(rows).map(() => range(columns).map(() => bias));
    for (const at of range(count)) {
      const value = picture[Math.floor(at / wide)]?.[at % wide] ?? 0;
      for (const { cell, weight } of print(at)) {
        const line = made[cell.row];
        if (line) line[cell.column] = (line[cell.column] ?? 0) + value * weight;
      }
    }
    return made;
  };
  const look = (at: number): Look => {
    const terms = range(tall * wide).flatMap((each): Term[] => {
      const hit = print(each).find(({ cell }) => cell.row * columns + cell.column === at);
      const cell = { row: Math.floor(each / wide), column: each % wide };
      return hit ? [{ cell, value: picture[cell.row]?.[cell.column] ?? 0, weight: hit.weight }] : [];
    });
    const total = terms.reduce((sum, term) => sum + (term.value ?? 0) * term.weight, bias);
    return {
      terms,
      across: new Set(terms.map((term) => term.cell.column)).size,
      total,
      divisor: 1,
      winner: -1,
    };
  };
  return { after: upTo(tall * wide), print, upTo, look };
}

/** The sums of a linear block, and what each number contributes to them. */
export function weigh(numbers: readonly number[], weights: Plane, bias: readonly number[]): number[] {
  return weights.map((row, at) =>
    row.reduce((sum, weight, each) => sum + weight * (numbers[each] ?? 0), bias[at] ?? 0),
  );
}

/** Numbers brought to mean 0 and spread 1, then scaled and shifted; and what they were. */
export function normalize(numbers: readonly number[], eps: number, scale = 1, shift = 0) {
  const average = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const variance = numbers.reduce((sum, each) => sum + (each - average) ** 2, 0) / numbers.length;
  const spread = Math.sqrt(variance);
  const values = numbers.map((each) => ((each - average) / Math.sqrt(variance + eps)) * scale + shift);
  return { values, average, spread };
}

/** What is left of a number while training: nothing, or so much more that the sum stays about the same. */
export function drop(value: number, p: number, off: boolean): number {
  return off || p >= 1 ? 0 : value / (1 - p);
}

/** The sides of a picture. */
export function sides(plane: readonly (readonly unknown[])[]): [number, number] {
  return [plane.length, plane[0]?.length ?? 0];
}

/** The numbers from 0 up to a limit. */
export function range(count: number): number[] {
  return Array.from({ length: Math.max(0, count) }, (_, at) => at);
}

/** Whether a cell is one of the picture, not of its border. */
export function inside(framed: Framed, { row, column }: Cell): boolean {
  const [down, along] = [row - framed.top, column - framed.left];
  return down >= 0 && down < framed.height && along >= 0 && along < framed.width;
}

function valueAt(framed: Framed, { row, column }: Cell): number | null {
  return framed.values[row]?.[column] ?? null;
}

function largest(terms: readonly Term[], across: number): Look {
  let winner = -1;
  for (const [at, { value }] of terms.entries()) {
    if (value !== null && value > (terms[winner]?.value ?? Number.NEGATIVE_INFINITY)) winner = at;
  }
  return { terms, across, total: terms[winner]?.value ?? 0, divisor: 1, winner };
}

function mean(terms: readonly Term[], across: number, divisor: number): Look {
  const total = terms.reduce((sum, term) => sum + (term.value ?? 0), 0) / divisor;
  return { terms, across, total, divisor, winner: -1 };
}

function scene(before: Framed, rows: number, columns: number, look: (at: number) => Look): Scene {
  const after = range(rows).map((row) => range(columns).map((column) => look(row * columns + column).total));
  return { before, after, order: range(rows * columns), look };
}
