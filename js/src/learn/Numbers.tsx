/** A few numbers in squares, as a window shows them. */

import type { ReactElement } from "react";
import { colour } from "./Grid";
import { num } from "./texts";

/** The strongest colour behind a number that can be read on it in both themes. */
const TINT = 0.3;

interface Props {
  values: readonly (number | null)[];
  across: number;
  most: number;
  signed?: boolean;
  winner?: number;
  label: string;
}

export function Numbers({ values, across, most, signed = false, winner = -1, label }: Props): ReactElement {
  return (
    <span
      className="bm-numbers-grid"
      role="img"
      aria-label={`${label}: ${values.map(num).join(", ")}`}
      style={{ gridTemplateColumns: `repeat(${across}, auto)` }}
      data-large={across > 4}
    >
      {values.map((value, at) => {
        return (
          <span
            // Numbers of a window have no other name than their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={at}
            aria-hidden="true"
            className="bm-number"
            data-winner={at === winner}
            style={value === null ? undefined : { background: colour(value, most / TINT, signed) }}
          >
            {num(value)}
          </span>
        );
      })}
    </span>
  );
}
