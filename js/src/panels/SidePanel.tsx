/** The panel at the side: one tab for the selected block, one for training, one for the code. */

import { type KeyboardEvent, type ReactElement, useId } from "react";
import { type CanvasStore, useCanvas, useT } from "../store";
import { BlockPanel } from "./BlockPanel";
import { CodePanel } from "./CodePanel";
import { TrainPanel } from "./TrainPanel";

type Panel = CanvasStore["panel"];

const PANELS: readonly { name: Panel; Content: () => ReactElement }[] = [
  { name: "block", Content: BlockPanel },
  { name: "train", Content: TrainPanel },
  { name: "code", Content: CodePanel },
];

/** The tabs and the panel that is open. */
export function SidePanel(): ReactElement {
  const t = useT();
  const panel = useCanvas((canvas) => canvas.panel);
  const show = useCanvas((canvas) => canvas.show);
  const id = useId();
  const at = PANELS.findIndex((each) => each.name === panel);
  const { Content } = PANELS[at] ?? { Content: BlockPanel };
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = PANELS[(at + step + PANELS.length) % PANELS.length];
    if (!next) return;
    show(next.name);
    event.currentTarget.querySelector<HTMLElement>(`[data-panel="${next.name}"]`)?.focus();
  };
  return (
    <aside className="bm-panel" aria-label={t("ui.panel.title")}>
      <div className="bm-tabs" role="tablist" aria-label={t("ui.panel.title")} onKeyDown={press}>
        {PANELS.map(({ name }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}${name}`}
            className="bm-tab"
            data-panel={name}
            data-testid={`blockml-tab-${name}`}
            aria-selected={name === panel}
            aria-controls={`${id}panel`}
            tabIndex={name === panel ? 0 : -1}
            onClick={() => show(name)}
          >
            {t(`ui.panel.${name}`)}
          </button>
        ))}
      </div>
      <div
        id={`${id}panel`}
        className="bm-panel-body"
        role="tabpanel"
        aria-labelledby={`${id}${panel}`}
        tabIndex={-1}
      >
        <Content />
      </div>
    </aside>
  );
}
