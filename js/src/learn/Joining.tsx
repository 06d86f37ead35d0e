/** Where branches meet: pictures laid on top of each other and added or multiplied, or stacked. */

import { type ReactElement, useMemo, useState } from "react";
import { convolve, type Plane, range } from "./arithmetic";
import { Legend } from "./CurvePicture";
import { Equation } from "./Equation";
import { Grid, Marks } from "./Grid";
import { digit, kernel } from "./samples";
import { num, useSay } from "./texts";
import { factor } from "./written";

const SIDE = 10;
const GAP = 2;

/** Two pictures and their sum or product, pixel by pixel. */
export function Adding({ times }: { times: boolean }): ReactElement {
  const say = useSay();
  const [pointed, setPointed] = useState({ row: 2, column: 4 });
  const one = useMemo(() => digit(SIDE), []);
  const other = useMemo(() => {
    const made = convolve(one, kernel("upright", 3, 3), 0, { padding: 1 }).after;
    return made.map((row) => row.map((value) => Math.round((value / 3) * 10) / 10));
  }, [one]);
  const join = (value: number, more: number): number => (times ? value * more : value + more);
  const sum = one.map((row, at) => row.map((value, column) => join(value, other[at]?.[column] ?? 0)));
  const sign = times ? "×" : "+";
  const step = SIDE + GAP;
  const at = (plane: Plane): number => plane[pointed.row]?.[pointed.column] ?? 0;
  return (
    <>
      <Equation
        label={say(times ? "join.multiplying" : "join.adding")}
        side={SIDE}
        gap={GAP}
        signs={[sign, "="]}
        lower={0.5}
        onPoint={(found) => found && setPointed(found)}
      >
        <Grid values={one} signed />
        <Grid values={other} x={step} signed />
        <Grid values={sum} x={2 * step} most={times ? 1 : 1.5} signed />
        {range(3).map((each) => (
          <Marks key={each} cells={[pointed]} x={each * step} name={each === 2 ? "result" : "window"} />
        ))}
      </Equation>
      <Legend />
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {say("look.place", { row: pointed.row + 1, column: pointed.column + 1 })}: {num(at(one))} {sign}{" "}
        {factor(at(other))} = {num(at(sum))}
      </p>
    </>
  );
}

/** Sheets of each branch that are drawn; more would not be told apart. */
const SHEETS = [2, 3] as const;

/** Two stacks of sheets that become one. */
export function Stacking({ channels }: { channels: readonly number[] }): ReactElement {
  const say = useSay();
  const [first = SHEETS[0], second = SHEETS[1]] = channels;
  const names = ["plus", "minus"] as const;
  const stack = (count: number, name: string, x: number, from: number): ReactElement[] =>
    range(count).map((at) => (
      <rect
        key={`${name}${at}`}
        className={`bm-sheet bm-sheet-${name}`}
        x={x + (from + at) * 7}
        y={60 - (from + at) * 7}
        width={46}
        height={46}
        rx={3}
      />
    ));
  return (
    <>
      <svg
        className="bm-look"
        viewBox="0 0 280 128"
        role="img"
        aria-label={say("join.stacking")}
        data-testid="blockml-learn-picture"
      >
        {stack(SHEETS[0], names[0], 2, 0)}
        {stack(SHEETS[1], names[1], 82, 0)}
        {stack(SHEETS[0], names[0], 184, 0)}
        {stack(SHEETS[1], names[1], 184, SHEETS[0])}
        <text className="bm-sign-large" x={68} y={86}>
          +
        </text>
        <text className="bm-sign-large" x={163} y={86}>
          =
        </text>
        <text x={28} y={124} textAnchor="middle">
          {first}
        </text>
        <text x={112} y={124} textAnchor="middle">
          {second}
        </text>
        <text x={218} y={124} textAnchor="middle">
          {first + second}
        </text>
      </svg>
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {say("join.sum", { first, second, sum: first + second })}
      </p>
    </>
  );
}
