/** The chip of the data set: what the network learns from, and the choice of another. */

import type { ReactElement } from "react";
import { namedData, setData } from "../document";
import { count, shape } from "../format";
import { Icon } from "../icons";
import { useCanvas, useT } from "../store";
import { pick } from "../texts";
import { Menu } from "./Menu";

/** The chip and its sheet. */
export function DataMenu(): ReactElement {
  const t = useT();
  const language = useCanvas((canvas) => canvas.language);
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const name = useCanvas((canvas) => canvas.document.data.name);
  const edit = useCanvas((canvas) => canvas.edit);
  const chosen = entries.find((entry) => entry.name === name);
  const facts = chosen
    ? [shape(chosen.shape), t("ui.data.classes", { count: chosen.classes.length })].join(" · ")
    : t("ui.data.unknown");
  const title = chosen ? pick(chosen.title, language) : name;
  return (
    <Menu
      name={t("ui.data.menu", { data: title })}
      className={chosen ? "bm-data-chip" : "bm-data-chip bm-data-chip-wrong"}
      label={
        <>
          <Icon name={chosen ? "data" : "warning"} size={14} />
          <span className="bm-data-name">{title}</span>
          <span className="bm-data-facts">{facts}</span>
        </>
      }
    >
      {(close) => (
        <>
          <p className="bm-menu-note">{t("ui.data.choose")}</p>
          <ul className="bm-menu-list">
            {entries.map((entry) => (
              <li key={entry.name}>
                <button
                  type="button"
                  className="bm-menu-item bm-data-entry"
                  aria-pressed={entry.name === name}
                  onClick={() => {
                    if (entry.name !== name) edit((document) => setData(document, namedData(entry.name)));
                    close();
                  }}
                >
                  <strong>
                    {pick(entry.title, language)}
                    {entry.name === name ? <Icon name="check" /> : null}
                  </strong>
                  <span>{pick(entry.summary, language)}</span>
                  <small>
                    {[
                      shape(entry.shape),
                      t("ui.data.classes", { count: entry.classes.length }),
                      t("ui.data.pictures", { train: count(entry.train_size), test: count(entry.test_size) }),
                    ].join(" · ")}
                  </small>
                  <small className="bm-data-classes">{entry.classes.join(", ")}</small>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Menu>
  );
}
