/** Examples of each class, with how many pictures there are. */

import type { ReactElement } from "react";
import { useT } from "../../context";
import { count } from "../../format";
import type { Preview } from "../../protocol";
import { Strip } from "../Strip";

/** One row for each class. */
export function PreviewGrid({ preview }: { preview: Preview }): ReactElement {
  const t = useT();
  const hidden = preview.classes - preview.rows.length;
  return (
    <div className="bm-preview" data-testid="blockml-preview" data-rows={preview.rows.length}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("ui.preview.class")}</th>
            <td />
            <th scope="col">{t("ui.preview.train")}</th>
            <th scope="col">{t("ui.preview.test")}</th>
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" title={row.name}>
                <span>{row.name}</span>
              </th>
              <td className="bm-preview-pictures">
                <Strip
                  pictures={row.pictures}
                  count={row.shown}
                  label={t("ui.preview.examples", { name: row.name })}
                />
              </td>
              <td>{count(row.train)}</td>
              <td>{count(row.test)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 ? (
        <p className="bm-section-note">{t("ui.preview.hidden", { count: count(hidden) })}</p>
      ) : null}
    </div>
  );
}
