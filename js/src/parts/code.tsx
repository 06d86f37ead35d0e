/** Code: the script that is the model. It follows the canvas. */

import { memo, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { useActions, useCanvas, useT } from "../context";
import { Icon } from "../icons";
import { copyText, download } from "../panels/files";
import { highlight, type Piece } from "../panels/highlight";
import { useProblemText } from "../panels/useProblems";
import { asProblem } from "../problems";
import type { Code, Diagnostic } from "../protocol";

/** How long a button says that it did its work, in milliseconds. */
const DONE_FOR = 1600;

/** The panel of the script. */
export default function CodePanel(): ReactElement {
  const t = useT();
  const problemText = useProblemText();
  const found = useCode();
  const { code, waiting } = found;
  const problem = found.problem && problemText(found.problem);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), DONE_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="bm-code">
      <div className="bm-code-head">
        <button
          type="button"
          className="bm-button"
          disabled={code === null}
          onClick={async () => setCopied(code !== null && (await copyText(code.text)))}
        >
          <Icon name={copied ? "check" : "copy"} />
          <span aria-live="polite">{t(copied ? "ui.code.copied" : "ui.code.copy")}</span>
        </button>
        <button
          type="button"
          className="bm-button bm-code-file"
          disabled={code === null}
          title={t("ui.code.download")}
          onClick={() => code && download(code.filename, code.text, "text/x-python")}
        >
          <Icon name="download" />
          <span>{code?.filename ?? t("ui.code.download")}</span>
        </button>
      </div>
      {problem ? (
        <p className="bm-note bm-note-warning" role="status">
          <Icon name="warning" />
          <span>{code ? t("ui.code.outdated", { problem }) : t("ui.code.none", { problem })}</span>
        </p>
      ) : null}
      {code ? <Script text={code.text} dimmed={problem !== null} busy={waiting} /> : null}
    </div>
  );
}

interface Found {
  /** The last script that could be written. */
  code: Code | null;
  waiting: boolean;
  /** Why there is none for the present network. */
  problem: Diagnostic | null;
}

/** Asks for the script whenever a new revision has been analysed; the last good one stays. */
function useCode(): Found {
  const { request } = useActions();
  const revision = useCanvas((canvas) => canvas.analysis?.revision ?? null);
  const error = useCanvas((canvas) => canvas.analysis?.diagnostics.find((each) => each.severity === "error"));
  const [found, setFound] = useState<Found>({ code: null, waiting: true, problem: null });
  useEffect(() => {
    if (revision === null) return;
    if (error !== undefined) {
      setFound(({ code }) => ({ code, waiting: false, problem: error }));
      return;
    }
    let current = true;
    setFound((before) => ({ ...before, waiting: true }));
    request("code").then(
      (code) => {
        if (current) setFound({ code, waiting: false, problem: null });
      },
      (reason: unknown) => {
        if (current) setFound(({ code }) => ({ code, waiting: false, problem: asProblem(reason) }));
      },
    );
    return () => {
      current = false;
    };
  }, [revision, error, request]);
  return found;
}

interface ScriptProps {
  text: string;
  dimmed: boolean;
  busy: boolean;
}

/** The script in colours; lines that speak of a selected block are marked. */
const Script = memo(function Script({ text, dimmed, busy }: ScriptProps): ReactElement {
  const t = useT();
  const selection = useCanvas((canvas) => canvas.selection);
  const lines = useMemo(() => highlight(text.trimEnd()), [text]);
  const box = useRef<HTMLElement>(null);
  const marked = useMemo(() => lines.map((line) => speaksOf(line, selection)), [lines, selection]);
  const first = marked.indexOf(true);
  useEffect(() => {
    const line = first < 0 ? null : box.current?.querySelectorAll<HTMLElement>(".bm-code-line")[first];
    if (!line || !box.current) return;
    // Only this box scrolls; scrollIntoView would move the notebook too.
    const [top, height] = [line.offsetTop, box.current.clientHeight];
    if (top < box.current.scrollTop || top > box.current.scrollTop + height - 40) {
      box.current.scrollTop = Math.max(0, top - height / 3);
    }
  }, [first]);
  return (
    <section
      ref={box}
      className="bm-code-script nowheel"
      data-testid="blockml-code"
      data-dimmed={dimmed}
      aria-busy={busy}
      aria-label={t("ui.code.title")}
      // A long script scrolls, also with the keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
    >
      <pre>
        <code>
          {lines.map((line, index) => (
            // Lines have no other name than their number.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <span key={index} className="bm-code-line" data-marked={marked[index]}>
              {line.map((piece, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <span key={at} className={piece.kind && `bm-code-${piece.kind}`}>
                  {piece.text}
                </span>
              ))}
              {"\n"}
            </span>
          ))}
        </code>
      </pre>
    </section>
  );
});

/** Whether a line names one of some nodes as an attribute of the module. */
export function speaksOf(line: readonly Piece[], ids: readonly string[]): boolean {
  const words = line
    .map((piece) => piece.text)
    .join("")
    .split(/[^\w.]+/);
  return ids.some((id) => words.includes(`self.${id}`));
}
