/** The panel at the side: tabs for the selected block, for training, for the code and for the pages to learn from. */

import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useId } from "react";
import { useActions, useCanvas, useT } from "../context";
import { Part } from "../parts";
import type { CanvasStore } from "../store";
import { BlockPanel } from "./BlockPanel";

type Panel = CanvasStore["panel"];

const PANELS: readonly { name: Panel; Content: () => ReactElement }[] = [
  { name: "block", Content: BlockPanel },
  { name: "train", Content: TrainPanel },
  { name: "code", Content: CodePanel },
  { name: "learn", Content: LearnPanel },
];

/** The tabs and the panel that is open; at its `edge` it is made wider. */
export function SidePanel({ edge }: { edge?: ReactNode }): ReactElement {
  const t = useT();
  const panel = useCanvas((canvas) => canvas.panel);
  const { show, read } = useActions();
  const id = useId();
  const selected = useCanvas((canvas) => canvas.selection.join());
  // Whoever selects another block wants to know about that one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the selection that counts
  useEffect(() => read(null), [selected, read]);
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
      {/* Last: who comes into the panel by the keys comes to its tabs. */}
      {edge}
    </aside>
  );
}

function CodePanel(): ReactElement {
  return <Part name="code" />;
}

function TrainPanel(): ReactElement {
  return <Part name="train" />;
}

function LearnPanel(): ReactElement {
  return <Part name="learn" />;
}
