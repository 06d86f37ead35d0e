/** The arithmetic of a chart: scales, ticks, paths and places for labels. Nothing here draws. */

import type { EpochRecord, RunState } from "../protocol";

/** A point in the data: epochs done, and a value. */
export type Point = readonly [number, number];

/** One line of a chart. */
export interface Line {
  name: "train" | "validation" | "test";
  points: Point[];
}

/** What one chart shows: figures of whole epochs, and a faint trace of single batches. */
export interface Chart {
  measure: "loss" | "accuracy";
  lines: Line[];
  /** The lines of another run, to compare with. */
  others: Line[];
  trace: Point[];
  /** Smallest and largest value of the axis, and where it has marks. */
  low: number;
  high: number;
  ticks: number[];
}

/** Place of the plot inside the drawing, in pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The two charts of a run, beside another one. */
export function charts(
  run: Pick<RunState, "history" | "points">,
  other: readonly EpochRecord[] = [],
): [Chart, Chart] {
  const { history, points } = run;
  const loss: Chart = {
    measure: "loss",
    lines: lines(history, "loss"),
    others: other.length > 0 ? lines(other, "loss") : [],
    trace: finite(points.map(([epoch, value]) => [epoch, value])),
    low: 0,
    high: 1,
    ticks: [],
  };
  loss.high = ceiling(loss);
  loss.ticks = [0, loss.high / 2, loss.high];
  const accuracy: Chart = {
    measure: "accuracy",
    lines: lines(history, "accuracy"),
    others: other.length > 0 ? lines(other, "accuracy") : [],
    trace: finite(points.map(([epoch, , value]) => [epoch, value])),
    low: 0,
    high: 1,
    ticks: [0, 0.5, 1],
  };
  return [loss, accuracy];
}

/** The next number above that reads well: 1, 1.5, 2, 3, 4, 5, 6, 8 or 10 times a power of ten. */
export function nice(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value) + 1e-12);
  const digit = value / power;
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each >= digit - 1e-9) ?? 10;
  return Number((step * power).toPrecision(6));
}

/**
 * The last epoch of the axis: what is there fills it, and another run is seen whole.
 *
 * While a training goes on there is room for more: the whole plan once a third of it is done, and before that
 * up to the next of 5, 10, 20, 50, 100 and so on. So it grows seldom, and the first epochs are not squeezed together.
 */
export function axisEnd(
  run: Pick<RunState, "history" | "points" | "epochs">,
  isGoing: boolean,
  other: readonly EpochRecord[] = [],
): number {
  const reached = Math.max(run.history.at(-1)?.epoch ?? 0, Math.ceil(run.points.at(-1)?.[0] ?? 0));
  const room = reached > run.epochs / 3 ? run.epochs : Math.min(run.epochs, rounded(reached));
  const ends = [1, isGoing ? Math.max(reached, room) : reached, other.at(-1)?.epoch ?? 0];
  return Math.max(...ends);
}

/** The next of 5, 10, 20, 50, 100, 200 and so on. */
function rounded(epochs: number): number {
  let end = 5;
  while (end < epochs) end *= String(end).startsWith("2") ? 2.5 : 2;
  return end;
}

/** Pixels from the left for a number of epochs. */
export function across(frame: Frame, epochs: number, epoch: number): number {
  return frame.left + (frame.width * epoch) / Math.max(1, epochs);
}

/** Pixels from the top for a value; what leaves the axis stays on its edge. */
export function down(frame: Frame, chart: Pick<Chart, "low" | "high">, value: number): number {
  const share = (value - chart.low) / (chart.high - chart.low);
  return frame.top + frame.height * (1 - Math.min(1, Math.max(0, share)));
}

/** The path of a line, to a tenth of a pixel. */
export function path(frame: Frame, chart: Chart, epochs: number, points: readonly Point[]): string {
  const place = ([epoch, value]: Point): string =>
    `${across(frame, epochs, epoch).toFixed(1)} ${down(frame, chart, value).toFixed(1)}`;
  return points.length === 0 ? "" : `M${points.map(place).join("L")}`;
}

/** Move labels apart that would overlap, and keep them inside; their order stays. */
export function spread(places: readonly number[], gap: number, low: number, high: number): number[] {
  const order = places.map((_, at) => at).sort((a, b) => at(places, a) - at(places, b));
  const found = [...places];
  let least = low;
  for (const index of order) {
    found[index] = Math.max(at(found, index), least);
    least = at(found, index) + gap;
  }
  let most = high;
  for (const index of order.reverse()) {
    found[index] = Math.min(at(found, index), most);
    most = at(found, index) - gap;
  }
  return found;
}

/** The marks of the epoch axis: at most six whole epochs, the last among them. */
export function epochTicks(epochs: number): number[] {
  const step = Math.max(1, nice(epochs / 5));
  const whole = Math.ceil(step);
  const ticks = Array.from({ length: Math.floor(epochs / whole) }, (_, index) => (index + 1) * whole);
  const last = ticks.at(-1) ?? 0;
  if (last === epochs) return ticks;
  // A mark close to the end would run into the last one.
  return [...(epochs - last < whole / 2 ? ticks.slice(0, -1) : ticks), epochs];
}

/** The finished epoch that is nearest to a place, or `null` before the first. */
export function nearest(history: readonly EpochRecord[], epoch: number): EpochRecord | null {
  let best: EpochRecord | null = null;
  for (const record of history) {
    if (best === null || Math.abs(record.epoch - epoch) < Math.abs(best.epoch - epoch)) best = record;
  }
  return best;
}

function lines(history: readonly EpochRecord[], measure: Chart["measure"]): Line[] {
  const line = (name: Line["name"]): Line => ({
    name,
    points: finite(history.map((record) => [record.epoch, record[`${name}_${measure}`] ?? Number.NaN])),
  });
  // Pictures are held back only where something is decided by them.
  return [line("train"), line("validation"), line("test")].filter(
    ({ name, points }) => name !== "validation" || points.length > 0,
  );
}

function finite(points: Point[]): Point[] {
  return points.filter(([epoch, value]) => Number.isFinite(epoch) && Number.isFinite(value));
}

/** The top of the loss axis; single wild batches do not flatten the curves. */
function ceiling(chart: Chart): number {
  const figures = [...chart.lines, ...chart.others].flatMap((line) => line.points.map(([, value]) => value));
  const batches = chart.trace.map(([, value]) => value).sort((a, b) => a - b);
  const usual = batches[Math.floor((batches.length - 1) * 0.97)] ?? 0;
  return nice(Math.max(usual, ...figures));
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
