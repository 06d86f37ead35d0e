/** An activation: its curve with a point to drag, and a picture before and after it. */

import { type PointerEvent, type ReactElement, useMemo, useState } from "react";
import { convolve, type Params, range } from "./arithmetic";
import { curveOf } from "./curves";
import { Grid, Marks, squareAt, strongest } from "./Grid";
import { SIDE } from "./limits";
import { Slider } from "./Slider";
import { digit, kernel } from "./samples";
import { num, useSay } from "./texts";

/** What of the curve is drawn. */
const EDGE = 4;
const GAP = 3;

export function CurvePicture({ kind, params }: { kind: string; params: Params }): ReactElement {
  const say = useSay();
  const [x, setX] = useState(-1.5);
  const curve = useMemo(() => curveOf(kind, params) ?? ((value: number) => value), [kind, params]);
  const before = useMemo(() => convolve(digit(SIDE), kernel("upright", 3, 3), 0, { padding: 1 }).after, []);
  const after = useMemo(() => before.map((row) => row.map(curve)), [before, curve]);
  const values = range(161).map((at) => curve(((at - 80) / 80) * EDGE));
  const [low, high] = [Math.max(-EDGE, Math.min(-1, ...values)), Math.min(EDGE, Math.max(1, ...values))];
  const height = 150;
  const scale = 280 / (2 * EDGE);
  const rise = (height - 16) / (high - low);
  const across = (value: number): number => (value + EDGE) * scale;
  const down = (value: number): number => 8 + (high - Math.max(low - 1, Math.min(high + 1, value))) * rise;
  const line = values.map(
    (value, at) => `${at ? "L" : "M"}${((at / 160) * 280).toFixed(1)} ${down(value).toFixed(1)}`,
  );
  const y = curve(x);
  const drag = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width;
    setX(Math.round((at * 2 - 1) * EDGE * 10) / 10);
  };
  const most = strongest(before);
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const cell = squareAt(event, [SIDE, SIDE], [0, 0], [SIDE + GAP, 0]);
    if (cell) setX(before[cell.row]?.[cell.column] ?? 0);
  };
  const here = before.flatMap((row, at) =>
    row.map((value, column) => ({ value, cell: { row: at, column } })),
  );
  const same = here.filter(({ value }) => Math.abs(value - x) < 0.05).map(({ cell }) => cell);
  return (
    <>
      <svg
        className="bm-look bm-curve"
        viewBox={`0 0 280 ${height}`}
        role="img"
        aria-label={say("curve.picture")}
        data-testid="blockml-learn-picture"
        onPointerDown={drag}
        onPointerMove={drag}
      >
        <path className="bm-axis" d={`M0 ${down(0)}H280M${across(0)} 0V${height}`} />
        {[-4, -2, 2, 4].map((tick) => (
          <text key={tick} x={Math.max(8, Math.min(272, across(tick)))} y={down(0) + 12} textAnchor="middle">
            {num(tick)}
          </text>
        ))}
        <text x={across(0) - 5} y={14} textAnchor="end">
          {num(high)}
        </text>
        <path className="bm-curve-line" d={line.join("")} />
        <path className="bm-curve-guide" d={`M${across(x)} ${down(0)}V${down(y)}H${across(0)}`} />
        <circle cx={across(x)} cy={down(y)} r={6} />
      </svg>
      <Slider
        name={say("curve.x")}
        value={x}
        least={-EDGE}
        most={EDGE}
        testid="blockml-learn-x"
        onChange={setX}
      />
      <p className="bm-look-sum" data-testid="blockml-learn-sum" aria-live="polite">
        x = {num(x)} → y = {num(y)}
      </p>
      <svg
        className="bm-look"
        viewBox={`-0.15 -0.15 ${2 * SIDE + GAP + 0.3} ${SIDE + 0.3}`}
        style={{ maxHeight: 140 }}
        role="img"
        aria-label={say("curve.pair")}
        onPointerMove={point}
      >
        <Grid values={before} most={most} signed />
        <Grid values={after} x={SIDE + GAP} most={most} signed />
        <Marks cells={same} name="window" />
        <Marks cells={same} x={SIDE + GAP} name="result" />
        <path className="bm-arrow" d={`M${SIDE + 0.8} ${SIDE / 2}h1.4m-.5 -.5l.5 .5l-.5 .5`} />
      </svg>
      <Legend />
    </>
  );
}

/** What the two colours mean. */
export function Legend(): ReactElement {
  const say = useSay();
  return (
    <p className="bm-legend">
      <span data-sign="minus">{say("look.below")}</span>
      <span data-sign="plus">{say("look.above")}</span>
    </p>
  );
}
