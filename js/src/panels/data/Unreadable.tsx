/** Files of own pictures that could not be read, each with the reason. */

import type { ReactElement } from "react";
import { useCanvas, useLanguage, useT } from "../../context";
import { count } from "../../format";
import { sentence } from "../../texts";

/** The list; nothing where all could be read, or where it was read in another session. */
export function Unreadable(): ReactElement | null {
  const t = useT();
  const language = useLanguage();
  const path = useCanvas((canvas) => canvas.document.data.path);
  const found = useCanvas((canvas) => canvas.jobs.read?.outcome);
  if (!found || path === null || found.data.path !== path || found.unreadable_count === 0) return null;
  const why = (code: string, reason: string): string => {
    const key = `unreadable.${code}`;
    const text = sentence(key, language);
    return text === key ? reason : text;
  };
  const total = found.unreadable_count;
  const hidden = total - found.unreadable.length;
  return (
    <details className="bm-data-unreadable" data-testid="blockml-unreadable" data-count={total}>
      <summary>
        {t(total === 1 ? "ui.data.unreadable_one" : "ui.data.unreadable", { count: count(total) })}
      </summary>
      <ul>
        {found.unreadable.map((file) => (
          <li key={file.path}>
            <code>{file.path}</code> <span>{why(file.code, file.reason)}</span>
          </li>
        ))}
      </ul>
      {hidden > 0 ? <p className="bm-section-note">{t("ui.data.hidden", { count: count(hidden) })}</p> : null}
    </details>
  );
}
