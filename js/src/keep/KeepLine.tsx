/** A line under the bar that says what is kept, while that is worth saying. */

import { type ReactElement, useEffect, useRef, useState } from "react";
import { useActions, useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { Icon } from "../icons";
import { useAct, useProblemText } from "../panels/useProblems";
import { forget } from "./stash";

/** How long, in milliseconds, the kernel may take to look at a change before the person is told. */
const PATIENCE = 8000;

/** The event with which the page asks JupyterLab to run its cell; whoever can do it prevents the default. */
const RUN_CELL = "blockml:run-cell";

/** The line; nothing where nothing is to be said. */
export function KeepLine(): ReactElement | null {
  const t = useT();
  const store = useCanvasStore();
  const language = useLanguage();
  const presence = useCanvas((canvas) => canvas.presence);
  const isKept = useCanvas((canvas) => canvas.stashed);
  const draft = useCanvas((canvas) => canvas.draft);
  const offer = useCanvas((canvas) => canvas.offer);
  const late = useLate();
  const problem = useProblemText();
  const at = (time: number): string =>
    new Date(time).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });

  if (presence === "gone") return <Line text={t("ui.keep.gone")} actions={<RunCell />} tone="warning" />;
  if (presence === "away" || late) {
    const key = !isKept ? "unkept" : presence === "away" ? "away" : "late";
    return <Line text={t(`ui.keep.${key}`)} tone="warning" />;
  }
  if (draft.problem) return <Line text={problem(draft.problem)} tone="warning" />;
  if (offer) {
    const close = (): void => {
      forget(offer.name);
      store.setState({ offer: null });
    };
    const open = (): void => {
      store.getState().editWhole(() => offer.document);
      close();
    };
    const button = <Button testid="blockml-keep-open" label={t("ui.keep.open")} onClick={open} />;
    return <Line text={t("ui.keep.in_browser", { time: at(offer.time) })} actions={button} close={close} />;
  }
  if (draft.state) return <DraftLine time={at(draft.time * 1000)} />;
  return null;
}

/** Says that a drawing of an earlier time is on the canvas, or can be opened. */
function DraftLine({ time }: { time: string }): ReactElement {
  const t = useT();
  const { state, notebook } = useCanvas((canvas) => canvas.draft);
  const { request, editWhole } = useActions();
  const act = useAct();
  const choose = (which: "cell" | "kept" | "none") => (): void => {
    void act(async () => {
      const { document } = await request("draft", { which });
      if (which !== "none") editWhole(() => document);
    });
  };
  const isOpened = state === "opened";
  return (
    <Line
      text={t(`ui.keep.${notebook ? `${state}_from` : state}`, { time, notebook })}
      actions={
        isOpened ? (
          <Button testid="blockml-keep-cell" label={t("ui.keep.from_cell")} onClick={choose("cell")} />
        ) : (
          <Button testid="blockml-keep-open" label={t("ui.keep.open")} onClick={choose("kept")} />
        )
      }
      close={choose("none")}
    />
  );
}

interface LineProps {
  text: string;
  actions?: ReactElement;
  close?: () => void;
  tone?: "calm" | "warning";
}

function Line({ text, actions, close, tone = "calm" }: LineProps): ReactElement {
  const t = useT();
  return (
    <div className={`bm-keep bm-keep-${tone}`} data-testid="blockml-keep">
      <Icon name={tone === "warning" ? "warning" : "restart"} size={14} />
      <span role="status">{text}</span>
      {actions}
      {close ? (
        <button type="button" className="bm-keep-close" aria-label={t("ui.canvas.close")} onClick={close}>
          <Icon name="close" size={14} />
        </button>
      ) : null}
    </div>
  );
}

function Button(props: { testid: string; label: string; onClick: () => void }): ReactElement {
  return (
    <button type="button" className="bm-keep-button" data-testid={props.testid} onClick={props.onClick}>
      {props.label}
    </button>
  );
}

/** Runs the cell around, where somebody in the page can do that. */
function RunCell(): ReactElement {
  const t = useT();
  const place = useRef<HTMLSpanElement>(null);
  const [can, setCan] = useState(false);
  const ask = (wish: "can" | "run"): boolean =>
    place.current?.dispatchEvent(
      new CustomEvent(RUN_CELL, { bubbles: true, cancelable: true, detail: wish }),
    ) === false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: who is there does not change
  useEffect(() => setCan(ask("can")), []);
  return (
    <span ref={place}>
      {can ? (
        <Button testid="blockml-keep-run" label={t("ui.keep.run_cell")} onClick={() => ask("run")} />
      ) : null}
    </span>
  );
}

/** Whether the kernel has not looked at the present document for long. */
function useLate(): boolean {
  const stale = useCanvas((canvas) => canvas.stale);
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!stale) return;
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [stale]);
  return late;
}
