/** Normalization: where the values of a channel lie before and after. */

import { type ReactElement, useState } from "react";
import { normalize, type Params, range } from "./arithmetic";
import { Slider } from "./Slider";
import { chance } from "./samples";
import { num, useSay } from "./texts";

/** What of the number line is drawn, and in how many bars. */
const [LOW, HIGH, BARS] = [-8, 8, 48] as const;
const COUNT = 400;

/** Values around 0 with a spread of 1, like many small chances added up. */
function crowd(): readonly number[] {
  const next = chance(7);
  const sums = range(COUNT).map(() => range(6).reduce((sum) => sum + next(), 0));
  return normalize(sums, 0).values;
}

const CROWD = crowd();

export function Spread({ params }: { params: Params }): ReactElement {
  const say = useSay();
  const [mean, setMean] = useState(3);
  const [spread, setSpread] = useState(2);
  const [scale, setScale] = useState(1);
  const [shift, setShift] = useState(0);
  const learns = params.affine !== false;
  const before = CROWD.map((value) => value * spread + mean);
  const eps = typeof params.eps === "number" && params.eps > 0 ? params.eps : 1e-5;
  const made = normalize(before, eps, learns ? scale : 1, learns ? shift : 0);
  const after = normalize(made.values, 0);
  return (
    <>
      <svg
        className="bm-look"
        viewBox="0 0 280 168"
        role="img"
        aria-label={say("spread.picture")}
        data-testid="blockml-learn-picture"
      >
        <Bars values={before} y={0} name="before" label={say("spread.before")} />
        <Bars values={made.values} y={84} name="after" label={say("spread.after")} />
      </svg>
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {say("spread.sum", {
          mean: num(made.average),
          spread: num(made.spread),
          mean_after: num(after.average),
          spread_after: num(after.spread),
        })}
      </p>
      <Slider
        name={say("spread.mean")}
        value={mean}
        least={-4}
        most={4}
        testid="blockml-learn-mean"
        onChange={setMean}
      />
      <Slider name={say("spread.spread")} value={spread} least={0.2} most={3} onChange={setSpread} />
      {learns ? (
        <>
          <Slider name={say("spread.scale")} value={scale} least={-2} most={3} onChange={setScale} />
          <Slider name={say("spread.shift")} value={shift} least={-4} most={4} onChange={setShift} />
        </>
      ) : null}
    </>
  );
}

interface BarsProps {
  values: readonly number[];
  y: number;
  name: "before" | "after";
  label: string;
}

function Bars({ values, y, name, label }: BarsProps): ReactElement {
  const counts = range(BARS).map(() => 0);
  for (const value of values) {
    const at = Math.floor(((value - LOW) / (HIGH - LOW)) * BARS);
    // What lies outside stands at the edge, so that none is lost.
    const bar = Math.max(0, Math.min(BARS - 1, at));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const wide = 280 / BARS;
  return (
    <g className={`bm-spread bm-spread-${name}`} transform={`translate(0 ${y})`}>
      {counts.map((count, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          key={at}
          x={at * wide + 0.5}
          width={wide - 1}
          y={64 - (count / most) * 52}
          height={(count / most) * 52}
        />
      ))}
      <path className="bm-axis" d="M0 64.5H280" />
      {[-4, 0, 4].map((tick) => (
        <text key={tick} x={((tick - LOW) / (HIGH - LOW)) * 280} y={77} textAnchor="middle">
          {num(tick)}
        </text>
      ))}
      <text x={2} y={12} className="bm-spread-label">
        {label}
      </text>
    </g>
  );
}
