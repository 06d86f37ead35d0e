/** What React Flow knows, a moment later: a hand that moves a card has the frames for itself. */

import type { ReactFlowState } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useStoreApi } from "./flow";

/** Milliseconds that it may lag behind. */
const LAG = 120;

/** Something told of the cards as text: equal texts draw nothing again. `tell` has to stay the same function. */
export function useLate(tell: (state: ReactFlowState) => string): string {
  const flow = useStoreApi();
  const [told, setTold] = useState(() => tell(flow.getState()));
  useEffect(() => {
    let timer = 0;
    const look = (): void => {
      timer = 0;
      setTold(tell(flow.getState()));
    };
    const stop = flow.subscribe(() => {
      timer ||= window.setTimeout(look, LAG);
    });
    look();
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [flow, tell]);
  return told;
}
