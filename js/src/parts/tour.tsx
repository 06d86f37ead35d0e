/** A guided first network and hints; both point at the real controls and block none of them. */

import { type ReactElement, type RefObject, useState } from "react";
import css from "../../style/tour.css";
import { useLearned } from "../canvas/learned";
import { useCanvas } from "../context";
import { Guide } from "../tour/Guide";
import { Hints } from "../tour/Hints";
import { isMine } from "../tour/owner";

export { css };

export default function Tour({ root }: { root: RefObject<HTMLElement | null> }): ReactElement {
  const key = useCanvas((canvas) => canvas.draft.key);
  const isOn = useLearned(({ tour, where }) => tour === "on" && (where === "" || where === key));
  const [, draw] = useState(0);
  if (isOn && isMine(root.current)) return <Guide root={root} leave={() => draw((turn) => turn + 1)} />;
  return <Hints root={root} />;
}
