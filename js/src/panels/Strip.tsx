/** Pictures side by side, as the kernel sends them. */

import type { CSSProperties, ReactElement } from "react";
import { safeAddress } from "./TestArea";

interface Props {
  /** Pictures as one PNG data address. */
  pictures: string;
  /** What they show, for those who do not see them. */
  label: string;
  /** How many there are, so that thin gaps can part them. */
  count?: number;
}

/** The pictures; what has no room on the line is cut off at the end. */
export function Strip({ pictures, label, count = 1 }: Props): ReactElement | null {
  const address = safeAddress(pictures);
  if (address === "") return null;
  return (
    <span className="bm-strip">
      <span style={{ "--count": count } as CSSProperties}>
        <img src={address} alt={label} draggable={false} />
      </span>
    </span>
  );
}
