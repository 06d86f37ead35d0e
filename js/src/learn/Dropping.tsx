/** Dropout: what is switched off at each draw while training, and nothing in the test. */

import { type ReactElement, useMemo, useState } from "react";
import { convolve, drop, type Params, range } from "./arithmetic";
import { Choice } from "./Choice";
import { Grid, strongest } from "./Grid";
import { SIDE } from "./limits";
import { chance, digit, KERNELS, kernel } from "./samples";
import { num, useSay } from "./texts";

/** Channels of the picture of Dropout2d, in two rows. */
const CHANNELS = 8;

export function Dropping({ params, channels }: { params: Params; channels: boolean }): ReactElement {
  const say = useSay();
  const [mode, setMode] = useState<"training" | "test">("training");
  const [turn, setTurn] = useState(1);
  const p = typeof params.p === "number" ? Math.max(0, Math.min(1, params.p)) : 0.5;
  const planes = useMemo(() => {
    const picture = digit(SIDE);
    if (!channels) return [picture];
    return range(CHANNELS).map((at) => {
      const window = kernel(KERNELS[at % KERNELS.length] ?? "blur", at < 4 ? 3 : 5, at < 4 ? 3 : 5);
      const made = convolve(picture, window, 0, { padding: at < 4 ? 1 : 2 }).after;
      const most = strongest(made);
      return made.map((row) => row.map((value) => Math.abs(value) / most));
    });
  }, [channels]);
  const count = channels ? CHANNELS : SIDE * SIDE;
  const next = chance(turn);
  const off = range(count).map(() => (next() + 1) / 2 < p);
  const isOff = (at: number): boolean => mode === "training" && (off[at] ?? false);
  const gone = range(count).filter(isOff).length;
  const shown = planes.map((plane, channel) =>
    plane.map((row, y) =>
      row.map((value, x) => {
        const switched = isOff(channels ? channel : y * SIDE + x);
        return switched ? null : mode === "test" ? value : drop(value, p, false);
      }),
    ),
  );
  const across = channels ? 4 : 1;
  const step = SIDE + 1.5;
  return (
    <>
      <div className="bm-look-row">
        <Choice
          label={say("drop.mode")}
          options={[
            ["training", say("drop.training")],
            ["test", say("drop.test")],
          ]}
          value={mode}
          onChoose={setMode}
        />
        <button
          type="button"
          className="bm-button"
          disabled={mode === "test"}
          data-testid="blockml-learn-draw"
          onClick={() => setTurn(turn + 1)}
        >
          {say("drop.draw")}
        </button>
      </div>
      <svg
        className="bm-look"
        viewBox={`-0.15 -0.15 ${across * step - 1.2} ${(planes.length / across) * step - 1.2}`}
        style={{ maxHeight: 170 }}
        role="img"
        aria-label={say("drop.picture")}
        data-testid="blockml-learn-picture"
      >
        {shown.map((plane, at) => (
          <Grid
            // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its place
            key={at}
            values={plane}
            x={(at % across) * step}
            y={Math.floor(at / across) * step}
            most={p < 1 && mode === "training" ? 1 / (1 - p) : 1}
          />
        ))}
      </svg>
      <p className="bm-look-sum" data-testid="blockml-learn-sum" aria-live="polite">
        {mode === "test"
          ? say("drop.all")
          : p >= 1
            ? say("drop.none")
            : say(channels ? "drop.sum_channels" : "drop.sum", { gone, count, factor: num(1 / (1 - p)) })}
      </p>
    </>
  );
}
