/** A bar that goes to the right of a zero line, or to the left of it. */

import type { ReactElement } from "react";

export function SignedBar({ value, most }: { value: number; most: number }): ReactElement {
  return (
    <span className="bm-vote-room" aria-hidden="true">
      <span
        className="bm-vote-bar"
        data-sign={value < 0 ? "minus" : "plus"}
        style={{ width: `${(Math.abs(value) / most) * 50}%` }}
      />
    </span>
  );
}
