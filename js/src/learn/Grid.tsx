/** A picture as squares, within a drawing whose unit is one pixel of it. */

import type { ReactElement } from "react";
import { type Cell, type Framed, inside, sides } from "./arithmetic";

interface Props {
  values: readonly (readonly (number | null)[])[];
  x?: number;
  y?: number;
  /** The value that is drawn with full strength. */
  most?: number;
  /** Whether values below zero are drawn in a colour of their own. */
  signed?: boolean;
  /** Which squares are the border, where there is one. */
  framed?: Framed;
  /** Whether a square has been made already. */
  isMade?: (at: number) => boolean;
}

/** The squares. */
export function Grid({
  values,
  x = 0,
  y = 0,
  most = 1,
  signed = false,
  framed,
  isMade,
}: Props): ReactElement {
  const [, wide] = sides(values);
  return (
    <g transform={`translate(${x} ${y})`}>
      {values.flatMap((line, row) =>
        line.map((value, column) => {
          const made = isMade?.(row * wide + column) ?? true;
          const isBorder = framed !== undefined && !inside(framed, { row, column });
          const kind = value === null ? "nothing" : made ? (isBorder ? "border" : "pixel") : "empty";
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a square is its place
              key={`${row}.${column}`}
              className={`bm-square bm-square-${kind}`}
              x={column + 0.03}
              y={row + 0.03}
              width={0.94}
              height={0.94}
              style={made && value !== null ? { fill: colour(value, most, signed, isBorder) } : undefined}
            />
          );
        }),
      )}
    </g>
  );
}

/** The colour of a value: ink for a picture; one colour each for what is above and below zero. */
export function colour(value: number, most: number, signed: boolean, isBorder = false): string {
  const share = Math.round(Math.min(1, Math.abs(value) / (most || 1)) * 100);
  const ink = signed ? (value < 0 ? "var(--bm-minus)" : "var(--bm-plus)") : "var(--bm-ink)";
  const ground = isBorder ? "var(--bm-ground-border)" : "var(--bm-ground)";
  return `color-mix(in srgb, ${ink} ${share}%, ${ground})`;
}

/** Frames around squares. */
export function Marks({
  cells,
  x = 0,
  y = 0,
  name,
}: {
  cells: readonly Cell[];
  x?: number;
  y?: number;
  name: string;
}) {
  return (
    <g transform={`translate(${x} ${y})`} className={`bm-marks bm-marks-${name}`}>
      {cells.map(({ row, column }) => (
        <rect key={`${row}.${column}`} x={column} y={row} width={1} height={1} />
      ))}
    </g>
  );
}

/** The largest value of a picture without its sign. */
export function strongest(values: readonly (readonly (number | null)[])[]): number {
  return Math.max(1e-9, ...values.flat().map((value) => Math.abs(value ?? 0)));
}

/** A place of a picture in a drawing. */
export type Place = readonly [x: number, y: number];

/** The square under a pointer, in the first of some pictures of one size where it is on one. */
export function squareAt(
  event: { currentTarget: SVGSVGElement; clientX: number; clientY: number },
  [rows, columns]: readonly [number, number],
  ...places: readonly Place[]
): Cell | null {
  const box = event.currentTarget.getBoundingClientRect();
  const view = event.currentTarget.viewBox.baseVal;
  const scale = Math.min(box.width / view.width, box.height / view.height);
  const left = (event.clientX - box.left - (box.width - view.width * scale) / 2) / scale + view.x;
  const top = (event.clientY - box.top - (box.height - view.height * scale) / 2) / scale + view.y;
  for (const [x, y] of places) {
    const [row, column] = [Math.floor(top - y), Math.floor(left - x)];
    if (row >= 0 && row < rows && column >= 0 && column < columns) return { row, column };
  }
  return null;
}
