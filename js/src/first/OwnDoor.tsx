/** The third way in: pictures of the person, dropped or chosen, that come to lie beside the notebook. */

import { type DragEvent, type ReactElement, useRef, useState } from "react";
import { useCanvas, useCanvasStore, useT } from "../context";
import { setData } from "../document";
import { bytes } from "../format";
import { Icon } from "../icons";
import { ProblemNote } from "../panels/Problem";
import { JobLine } from "../panels/TaskLine";
import { asProblem } from "../problems";
import type { Diagnostic } from "../protocol";
import { type Bundle, chosen, dropped, send } from "./bring";

export function OwnDoor(): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const readProblem = useCanvas((canvas) => canvas.jobs.read?.problem ?? null);
  const own = useCanvas((canvas) => (canvas.document.data.facts ? canvas.document.data : null));
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<{ done: number; total: number } | null>(null);
  const [problem, setProblem] = useState<Diagnostic | null>(null);
  const folder = useRef<HTMLInputElement>(null);
  const zip = useRef<HTMLInputElement>(null);
  const shown = problem ?? readProblem;

  const take = async (found: Promise<Bundle>): Promise<void> => {
    const { begin, edit, request } = store.getState();
    setProblem(null);
    try {
      const bundle = await found;
      setSent({ done: 0, total: 0 });
      const path = await send(request, bundle, (done, total) => setSent({ done, total }));
      setSent(null);
      const outcome = await begin("read", path, { path });
      if (outcome) edit((document) => setData(document, outcome.data));
    } catch (error) {
      setSent(null);
      setProblem(asProblem(error));
    }
  };
  const drag = (event: DragEvent, isOver: boolean): void => {
    // The page around (a notebook) would open the file or take it for its own.
    event.preventDefault();
    event.stopPropagation();
    setOver(isOver);
  };
  return (
    <section
      className="bm-door bm-door-own"
      aria-label={t("ui.start.own")}
      data-testid="blockml-first-own"
      data-over={over}
      onDragEnter={(event) => drag(event, true)}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        void take(dropped(event.dataTransfer));
      }}
    >
      <Pictures />
      <h2>{t("ui.start.own")}</h2>
      {sent ? (
        <p role="status">{t("ui.start.sending", { done: bytes(sent.done), total: bytes(sent.total) })}</p>
      ) : own ? (
        <p role="status">{t("ui.start.own_here", { data: own.name })}</p>
      ) : (
        <p>{t("ui.start.own_help")}</p>
      )}
      <JobLine name="read" />
      {shown ? <ProblemNote problem={shown} /> : null}
      <div className="bm-door-actions">
        <button type="button" className="bm-button nodrag nopan" onClick={() => folder.current?.click()}>
          <Icon name="folder" size={14} />
          {t("ui.start.folder")}
        </button>
        <button type="button" className="bm-button nodrag nopan" onClick={() => zip.current?.click()}>
          <Icon name="file" size={14} />
          {t("ui.start.zip")}
        </button>
      </div>
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        data-testid="blockml-first-folder"
        {...{ webkitdirectory: true }}
        onChange={(event) => void take(chosen(event.currentTarget.files))}
      />
      <input
        ref={zip}
        type="file"
        hidden
        accept=".zip,application/zip"
        data-testid="blockml-first-zip"
        onChange={(event) => void take(chosen(event.currentTarget.files))}
      />
    </section>
  );
}

/** Three photographs, one on the other. */
function Pictures(): ReactElement {
  return (
    <svg className="bm-door-picture" width="72" height="52" viewBox="0 0 72 52" aria-hidden="true">
      <rect x="4" y="9" width="34" height="28" rx="3" transform="rotate(-10 21 23)" />
      <rect x="34" y="9" width="34" height="28" rx="3" transform="rotate(9 51 23)" />
      <rect x="18" y="14" width="36" height="30" rx="3" />
      <path d="m19 40 10-11 8 8 6-5 10 9M44 22.5h.01" />
    </svg>
  );
}
