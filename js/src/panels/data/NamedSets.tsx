/** The data sets that blockml knows by name. */

import type { ReactElement } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../../context";
import { factsOfEntry } from "../../data";
import { namedData, setData } from "../../document";
import { count, shape } from "../../format";
import { Icon } from "../../icons";

/** The list; a click chooses, and the canvas shows at once whether the network fits. */
export function NamedSets(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const data = useCanvas((canvas) => canvas.document.data);
  const { edit } = useActions();
  return (
    <section aria-label={t("ui.data.named")}>
      <h2>{t("ui.data.named")}</h2>
      <ul className="bm-menu-list">
        {entries.map((entry) => {
          const facts = factsOfEntry(entry, language);
          const chosen = data.facts === null && data.name === entry.name;
          return (
            <li key={entry.name}>
              <button
                type="button"
                className="bm-menu-item bm-data-entry"
                data-testid={`blockml-data-item-${entry.name}`}
                aria-pressed={chosen}
                onClick={() => {
                  if (!chosen) edit((document) => setData(document, namedData(entry.name)));
                }}
              >
                <strong>
                  {facts.title}
                  {chosen ? <Icon name="check" size={14} /> : null}
                </strong>
                <small>
                  {[shape(facts.shape), t("ui.data.count", { count: count(facts.train + facts.test) })].join(
                    " · ",
                  )}
                </small>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
