/** The second way in: the empty canvas, alone or with somebody who shows each step. */

import type { ReactElement } from "react";
import { guide } from "../canvas/learned";
import { useActions, useCanvas, useT } from "../context";

export function EmptyDoor(): ReactElement {
  const t = useT();
  const key = useCanvas((canvas) => canvas.draft.key);
  const { fold } = useActions();
  return (
    <section className="bm-door" aria-label={t("ui.start.empty")}>
      <Ends />
      <h2>{t("ui.start.empty")}</h2>
      <p>{t("ui.start.empty_help")}</p>
      <div className="bm-door-actions">
        <button
          type="button"
          className="bm-button bm-button-primary nodrag nopan"
          data-testid="blockml-first-tour"
          onClick={() => {
            fold("start", false);
            guide(key, 0);
          }}
        >
          {t("ui.start.tour")}
        </button>
        <button
          type="button"
          className="bm-button nodrag nopan"
          data-testid="blockml-first-empty"
          onClick={() => fold("start", false)}
        >
          {t("ui.start.alone")}
        </button>
      </div>
    </section>
  );
}

/** The two ends of a network, and room between them. */
function Ends(): ReactElement {
  return (
    <svg className="bm-door-picture" width="64" height="52" viewBox="0 0 64 52" aria-hidden="true">
      <rect className="bm-door-end" x="8" y="1" width="48" height="9" rx="3" />
      <path d="M32 11v7M32 34v7" />
      <rect className="bm-door-room" x="8.5" y="18.5" width="47" height="15" rx="4" />
      <path d="M29 26h6M32 23v6" />
      <rect className="bm-door-end" x="8" y="42" width="48" height="9" rx="3" />
    </svg>
  );
}
