/** A run that has finished can go on. */

import { type ReactElement, useState } from "react";
import { useActions, useT } from "../../context";
import type { RunState } from "../../protocol";
import { useAct } from "../useProblems";

/** Most epochs at once, as the kernel takes them. */
const MOST = 10_000;

/** How many epochs more, and the button. */
export function More({ run }: { run: RunState }): ReactElement | null {
  const t = useT();
  const act = useAct();
  const { request } = useActions();
  const [epochs, setEpochs] = useState(5);
  const [busy, setBusy] = useState(false);
  if (run.status !== "finished") return null;
  const press = async (): Promise<void> => {
    setBusy(true);
    await act(() => request("more", { epochs }));
    setBusy(false);
  };
  const step = (by: number): void => setEpochs(Math.min(MOST, Math.max(1, epochs + by)));
  return (
    <div className="bm-train-more">
      <button type="button" className="bm-button" data-testid="blockml-more" disabled={busy} onClick={press}>
        {t("ui.train.more", { epochs })}
      </button>
      <span className="bm-train-steps">
        {([-1, 1] as const).map((by) => (
          <button
            key={by}
            type="button"
            className="bm-step"
            disabled={by < 0 && epochs === 1}
            aria-label={t(by > 0 ? "ui.field.more" : "ui.field.less", { name: t("ui.train.epoch") })}
            onClick={(event) => step(event.shiftKey ? by * 10 : by)}
          >
            <span aria-hidden="true">{by > 0 ? "+" : "−"}</span>
          </button>
        ))}
      </span>
    </div>
  );
}
