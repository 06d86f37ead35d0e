/** Pictures side by side, as the kernel sends them. */

import type { ReactElement } from "react";
import { safeAddress } from "./TestArea";

interface Props {
  /** Pictures as one PNG data address. */
  pictures: string;
  /** What they show, for those who do not see them. */
  label: string;
}

/** The pictures; what has no room on the line is cut off at the end. */
export function Strip({ pictures, label }: Props): ReactElement | null {
  const address = safeAddress(pictures);
  if (address === "") return null;
  return (
    <span className="bm-strip">
      <img src={address} alt={label} draggable={false} />
    </span>
  );
}
