/** Own pictures: what lies beside the notebook, and what to bring where nothing does. */

import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useActions, useCanvas, useT } from "../../context";
import { setData } from "../../document";
import { Icon } from "../../icons";
import { asProblem } from "../../problems";
import type { Diagnostic, Source } from "../../protocol";
import { ProblemNote } from "../Problem";

/** What can be read; a click reads it, and what was read becomes the data of the document. */
export function OwnPictures(): ReactElement {
  const t = useT();
  const { request, edit } = useActions();
  const begin = useCanvas((canvas) => canvas.begin);
  const chosen = useCanvas((canvas) => canvas.document.data.path);
  const busy = useCanvas((canvas) => canvas.jobs.read?.going ?? false);
  const [found, setFound] = useState<readonly Source[] | null>(null);
  const [problem, setProblem] = useState<Diagnostic | null>(null);

  const look = useCallback((): void => {
    request("sources").then(
      ({ items }) => {
        setFound(items);
        setProblem(null);
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  }, [request]);
  useEffect(look, [look]);

  const read = async (path: string): Promise<void> => {
    const outcome = await begin("read", path, { path });
    if (outcome) edit((document) => setData(document, outcome.data));
  };

  return (
    <section aria-label={t("ui.data.own")}>
      <header className="bm-section-head">
        <h2>{t("ui.data.own")}</h2>
        <button type="button" className="bm-link" onClick={look}>
          {t("ui.data.look")}
        </button>
      </header>
      {problem ? <ProblemNote problem={problem} /> : null}
      <ul className="bm-menu-list">
        {found?.map((source) => (
          <li key={source.path}>
            <button
              type="button"
              className="bm-menu-item bm-data-source"
              data-testid={`blockml-data-item-${source.path}`}
              aria-pressed={source.path === chosen}
              disabled={busy}
              title={t(`ui.data.kind_${source.kind}`)}
              onClick={() => read(source.path)}
            >
              <Icon name={source.kind === "folder" ? "folder" : "file"} />
              <span>{source.path}</span>
              {source.path === chosen ? <Icon name="check" size={14} /> : null}
            </button>
          </li>
        ))}
      </ul>
      {found?.length === 0 ? <Bring /> : null}
      {found && found.length > 0 ? (
        <details className="bm-data-help">
          <summary>{t("ui.data.bring_title")}</summary>
          <Bring />
        </details>
      ) : null}
    </section>
  );
}

/** What to bring: one folder for each class. */
function Bring(): ReactElement {
  const t = useT();
  return (
    <div className="bm-data-bring">
      <p>{t("ui.data.bring")}</p>
      <pre aria-hidden="true">{t("ui.data.bring_tree")}</pre>
      <p>{t("ui.data.bring_other")}</p>
    </div>
  );
}
