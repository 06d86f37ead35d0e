/** Shows where the card that is dragged would go: the line of its column, and what it would connect to. */

import { useNodes, ViewportPortal } from "@xyflow/react";
import type { ReactElement } from "react";
import { WIDTH } from "../place";
import { useDesk } from "./desk";
import { flowId } from "./ids";

/** The layer; it lies on the canvas and moves with it. */
export function AimLayer(): ReactElement | null {
  const found = useDesk((desk) => desk.aim);
  if (!found) return null;
  const { guide, above, below, onto, card } = found;
  const [x, y] = found.at;
  const middle = x + WIDTH / 2;
  return (
    <ViewportPortal>
      <div className="bm-aim" aria-hidden="true">
        {guide ? (
          <div
            className="bm-aim-guide"
            style={{ left: guide.x, top: guide.top - 24, height: guide.bottom - guide.top + 48 }}
          />
        ) : null}
        {card.id === null && (above !== null || below !== null || onto) ? (
          <div className="bm-aim-card" style={{ left: x, top: y, width: WIDTH, height: card.height }} />
        ) : null}
        {above === null ? null : <Glow id={above} to={[middle, y]} end="foot" />}
        {below === null ? null : <Glow id={below} to={[middle, y + card.height]} end="head" />}
        {onto ? <Glow id={onto.source} to={[middle, y]} end="foot" /> : null}
        {onto ? <Glow id={onto.target} to={[middle, y + card.height]} end="head" /> : null}
      </div>
    </ViewportPortal>
  );
}

interface GlowProps {
  id: string;
  to: readonly [number, number];
  /** Whether the connection leaves its lower end or reaches its upper one. */
  end: "foot" | "head";
}

/** A card that will be connected, and the connection. */
function Glow({ id, to, end }: GlowProps): ReactElement | null {
  const node = useNodes().find((each) => each.id === flowId(id));
  if (!node) return null;
  const { x, y } = node.position;
  const { width = WIDTH, height = 0 } = node.measured ?? {};
  const from = [x + width / 2, end === "foot" ? y + height : y];
  return (
    <>
      <div className="bm-aim-glow" style={{ left: x, top: y, width, height }} />
      <svg className="bm-aim-line" width="1" height="1" aria-hidden="true">
        <path d={`M${from[0]} ${from[1]}L${to[0]} ${to[1]}`} />
      </svg>
    </>
  );
}
