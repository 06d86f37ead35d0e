/** Another run beside this one: its curves in the same charts, its final figures in the next column. */

import { type ReactElement, useEffect, useRef, useState } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../../context";
import { count, duration, figure, percent } from "../../format";
import { Icon } from "../../icons";
import type { EpochRecord, RunEntry, RunState } from "../../protocol";
import type { Language } from "../../texts";
import { useAct } from "../useProblems";

/** The choice of a run, or the comparison. */
export function Compare({ run }: { run: RunState }): ReactElement {
  const t = useT();
  const act = useAct();
  const { request, compare } = useActions();
  const compared = useCanvas((canvas) => canvas.compared);
  const [found, setFound] = useState<readonly RunEntry[] | null>(null);
  const look = (): Promise<void> =>
    act(async () => {
      const { items } = await request("runs");
      setFound(items.filter((each) => each.folder !== run.folder && each.history.length > 0));
    });
  const choose = (entry: RunEntry | null): void => {
    compare(entry);
    setFound(null);
  };
  return (
    <section className="bm-compare" aria-label={t("ui.compare.title")}>
      {compared ? <Figures run={run} other={compared} /> : null}
      <div className="bm-compare-actions">
        <button
          type="button"
          className="bm-link"
          data-testid="blockml-compare"
          aria-expanded={found !== null}
          onClick={() => (found === null ? look() : setFound(null))}
        >
          {t(compared ? "ui.compare.other" : "ui.compare.choose")}
        </button>
        {compared ? (
          <button type="button" className="bm-link" onClick={() => choose(null)}>
            {t("ui.compare.stop")}
          </button>
        ) : null}
      </div>
      {found === null ? null : <Choice runs={found} onChoose={choose} />}
    </section>
  );
}

interface ChoiceProps {
  runs: readonly RunEntry[];
  onChoose: (run: RunEntry) => void;
}

function Choice({ runs, onChoose }: ChoiceProps): ReactElement {
  const t = useT();
  const language = useLanguage();
  const compared = useCanvas((canvas) => canvas.compared);
  const list = useRef<HTMLUListElement>(null);
  // The list opens below the button, which may be the last line in view.
  useEffect(() => list.current?.scrollIntoView?.({ block: "nearest" }), []);
  if (runs.length === 0) return <p className="bm-section-note">{t("ui.compare.none")}</p>;
  return (
    <ul ref={list} className="bm-menu-list bm-compare-list">
      {runs.map((run) => (
        <li key={run.folder}>
          <button
            type="button"
            className="bm-menu-item bm-compare-item"
            data-testid="blockml-compare-item"
            aria-pressed={run.folder === compared?.folder}
            title={run.folder}
            onClick={() => onChoose(run)}
          >
            <strong>
              {run.name}
              {run.folder === compared?.folder ? <Icon name="check" size={14} /> : null}
            </strong>
            <small>
              {[
                percent(run.history.at(-1)?.test_accuracy ?? 0),
                t("ui.compare.epochs", { count: count(run.history.length) }),
                since(run.modified, language),
              ].join(" · ")}
            </small>
          </button>
        </li>
      ))}
    </ul>
  );
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** How long ago a time in seconds since 1970 is, in words. */
export function since(seconds: number, language: Language, now = Date.now() / 1000): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const past = Math.max(0, now - seconds);
  const [unit, size] = UNITS.find(([, each]) => past >= each) ?? ["second", 1];
  return words.format(unit === "second" ? 0 : -Math.round(past / size), unit);
}

interface FiguresProps {
  run: RunState;
  other: RunEntry;
}

interface Row {
  key: string;
  value: (history: readonly EpochRecord[]) => number;
  show: (value: number) => string;
  /** Whether more is better; `null` where neither is. */
  more: boolean | null;
}

const last = (history: readonly EpochRecord[]): EpochRecord | undefined => history.at(-1);

const ROWS: readonly Row[] = [
  { key: "accuracy", value: (runs) => last(runs)?.test_accuracy ?? Number.NaN, show: percent, more: true },
  { key: "loss", value: (runs) => last(runs)?.test_loss ?? Number.NaN, show: figure, more: false },
  { key: "epochs_done", value: (runs) => runs.length, show: count, more: null },
  {
    key: "time",
    value: (runs) => runs.reduce((sum, record) => sum + record.seconds, 0),
    show: duration,
    more: null,
  },
];

/** The name of a run in at most two lines, and what tells it from its like, such as its version, in one of its own. */
function Name({ text }: { text: string }): ReactElement {
  const at = text.lastIndexOf(" · ");
  return (
    <>
      {at < 0 ? null : <span className="bm-compare-name">{text.slice(0, at)}</span>}
      <span className="bm-compare-version">
        <span className="bm-compare-mark bm-compare-mark-other" aria-hidden="true" />
        {at < 0 ? text : text.slice(at + 3)}
      </span>
    </>
  );
}

/** The final figures side by side; the better one of two is bold. */
function Figures({ run, other }: FiguresProps): ReactElement {
  const t = useT();
  return (
    <table className="bm-compare-figures">
      <thead>
        <tr>
          <td />
          <th scope="col">
            <span className="bm-compare-mark" aria-hidden="true" />
            {t("ui.compare.this")}
          </th>
          <th scope="col" title={other.name}>
            <Name text={other.name} />
          </th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map((row) => {
          const [mine, its] = [row.value(run.history), row.value(other.history)];
          const better = row.more === null || mine === its ? null : mine > its === row.more;
          return (
            <tr key={row.key}>
              <th scope="row">{t(`ui.compare.${row.key}`)}</th>
              <td data-better={better === true}>{row.show(mine)}</td>
              <td data-better={better === false}>{row.show(its)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
