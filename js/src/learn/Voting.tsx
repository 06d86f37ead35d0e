/** Linear: every pixel times its weight, added up, once for each output. */

import { type ReactElement, useMemo, useState } from "react";
import { type Params, range, weigh } from "./arithmetic";
import { Legend } from "./CurvePicture";
import { Equation } from "./Equation";
import { Grid, Marks } from "./Grid";
import { SignedBar } from "./SignedBar";
import { chance, digit } from "./samples";
import { num, useSay } from "./texts";

/** Side of the picture that votes, and the outputs that are shown of it. */
const SIDE = 6;
const OUTPUTS = 4;
const GAP = 2.5;

export function Voting({ params }: { params: Params }): ReactElement {
  const say = useSay();
  const [chosen, setChosen] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  const asked = typeof params.out_features === "number" ? params.out_features : OUTPUTS;
  const outputs = Math.max(1, Math.min(OUTPUTS, asked));
  const pixels = useMemo(() => digit(SIDE).flat(), []);
  const weights = useMemo(() => {
    const next = chance(3);
    return range(OUTPUTS).map(() => pixels.map(() => Math.round(next() * 10) / 10));
  }, [pixels]);
  const biases = range(OUTPUTS).map((at) => (params.bias === false ? 0 : ([0.5, -0.3, 0.1, -0.6][at] ?? 0)));
  const sums = weigh(pixels, weights, biases).slice(0, outputs);
  const at = Math.min(chosen, outputs - 1);
  const most = Math.max(1, ...sums.map(Math.abs));
  const square = (values: readonly number[]): number[][] =>
    range(SIDE).map((row) => values.slice(row * SIDE, (row + 1) * SIDE));
  const row = weights[at] ?? [];
  const products = row.map((weight, each) => weight * (pixels[each] ?? 0));
  const cell = pointed === null ? [] : [{ row: Math.floor(pointed / SIDE), column: pointed % SIDE }];
  const step = SIDE + GAP;
  const bias = biases[at] ?? 0;
  return (
    <>
      <Equation
        label={say("vote.picture", { output: at + 1 })}
        side={SIDE}
        gap={GAP}
        signs={["×", "="]}
        lower={0.4}
        onPoint={(found) => setPointed(found && found.row * SIDE + found.column)}
        onLeave={() => setPointed(null)}
      >
        <Grid values={square(pixels)} />
        <Grid values={square(row)} x={step} signed />
        <Grid values={square(products)} x={2 * step} signed />
        {range(3).map((each) => (
          <Marks key={each} cells={cell} x={each * step} name="window" />
        ))}
      </Equation>
      <Legend />
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {pointed === null
          ? say("vote.sum", {
              sum: num(products.reduce((total, each) => total + each, 0)),
              bias: num(bias),
              result: num(sums[at] ?? 0),
            })
          : say("vote.pixel", {
              pixel: num(pixels[pointed] ?? 0),
              weight: num(row[pointed] ?? 0),
              product: num(products[pointed] ?? 0),
            })}
      </p>
      <div className="bm-votes">
        {sums.map((sum, each) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: an output is its place
            key={each}
            type="button"
            aria-pressed={each === at}
            data-testid={`blockml-learn-output-${each}`}
            onClick={() => setChosen(each)}
          >
            <span>{say("vote.output", { output: each + 1 })}</span>
            <SignedBar value={sum} most={most} />
            <output>{num(sum)}</output>
          </button>
        ))}
      </div>
      {asked > outputs ? (
        <p className="bm-look-note">{say("vote.more", { count: asked, shown: outputs })}</p>
      ) : null}
    </>
  );
}
