/** The search for a block: a part of the page that comes when somebody looks. */

import type { ReactElement } from "react";
import { Part } from "../parts";
import { useDesk } from "./desk";
import type { Step } from "./grownCards";

interface Props {
  area: React.RefObject<HTMLDivElement | null>;
  steps: { readonly current: readonly Step[] };
}

/** The search, while somebody looks for a block. */
export function Finder(props: Props): ReactElement | null {
  const wish = useDesk((desk) => desk.wish);
  return wish ? <Part name="finder" {...props} wish={wish} /> : null;
}
