/** The arithmetic of the chart of the learning-rate finder: rates by their logarithm, losses as they are. */

import type { RateCurve } from "../../protocol";
import type { Frame } from "../curve";

/** Where rates and losses stand. */
export interface RateScale {
  low: number;
  high: number;
  /** Pixels from the left for a rate. */
  across(frame: Frame, rate: number): number;
  /** Pixels from the top for a loss; what leaves the chart stays on its edge. */
  down(frame: Frame, loss: number): number;
}

/** Place of the plot. */
export function rateFrame(width: number, height: number): Frame {
  return { left: 36, top: 8, width: Math.max(40, width - 48), height: height - 30 };
}

/** The scale of a curve. A loss that explodes at the end does not flatten the rest. */
export function rateScale({ rates, losses }: RateCurve): RateScale {
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const finite = losses.filter(Number.isFinite);
  const least = Math.min(...finite);
  const start = finite[0] ?? 1;
  const most = Math.max(least + 1e-9, Math.min(Math.max(...finite), start + (start - least) * 0.6 + 1e-3));
  const span = Math.log(high / low) || 1;
  return {
    low,
    high,
    across: (frame, rate) => frame.left + (frame.width * Math.log(rate / low)) / span,
    down: (frame, loss) => {
      const share = Number.isFinite(loss) ? (loss - least) / (most - least) : 1;
      return frame.top + frame.height * (1 - Math.min(1, Math.max(0, share)));
    },
  };
}

/** The powers of ten inside of a scale. */
export function decades({ low, high }: Pick<RateScale, "low" | "high">): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => Number(`1e${first + at}`));
  // More than six would run into each other.
  const step = Math.ceil(all.length / 6);
  return all.filter((_, at) => at % step === 0);
}

/** The path of the curve. */
export function ratePath(frame: Frame, scale: RateScale, { rates, losses }: RateCurve): string {
  const points = rates.flatMap((rate, at) => {
    const loss = losses[at];
    return loss === undefined || Number.isNaN(loss)
      ? []
      : [`${scale.across(frame, rate).toFixed(1)} ${scale.down(frame, loss).toFixed(1)}`];
  });
  return points.length === 0 ? "" : `M${points.join("L")}`;
}
