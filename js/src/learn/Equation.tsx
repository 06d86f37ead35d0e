/** Three pictures of the same size in a row, with a sign between each two. */

import type { ReactElement, ReactNode } from "react";
import type { Cell } from "./arithmetic";
import { squareAt } from "./Grid";

interface Props {
  label: string;
  /** Side of each picture, and the room between two. */
  side: number;
  gap: number;
  signs: readonly [string, string];
  /** How far below the middle the signs stand. */
  lower: number;
  /** Which square is pointed at, whichever of the pictures it is in. */
  onPoint: (cell: Cell | null) => void;
  onLeave?: () => void;
  children: ReactNode;
}

export function Equation({
  label,
  side,
  gap,
  signs,
  lower,
  onPoint,
  onLeave,
  children,
}: Props): ReactElement {
  const step = side + gap;
  return (
    <svg
      className="bm-look"
      viewBox={`-0.15 -0.15 ${3 * step - gap + 0.3} ${side + 0.3}`}
      role="img"
      aria-label={label}
      data-testid="blockml-learn-picture"
      onPointerMove={(event) => onPoint(squareAt(event, [side, side], [0, 0], [step, 0], [2 * step, 0]))}
      onPointerLeave={onLeave}
    >
      {children}
      {signs.map((sign, at) => (
        <text key={sign} className="bm-sign" x={at * step + side + gap / 2} y={side / 2 + lower}>
          {sign}
        </text>
      ))}
    </svg>
  );
}
