/** The first way in: networks that work, with what they reach and how long they take. */

import { type ReactElement, useState } from "react";
import { useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { factsOf } from "../data";
import { equal, namedData } from "../document";
import { guess, trained } from "../panels/TrainPlan";
import { useAct } from "../panels/useProblems";
import type { Template } from "../protocol";
import { pick } from "../texts";
import { NetworkPicture } from "./NetworkPicture";

/** Starters that are shown at once. */
const FEW = 3;

/** Data of so few channels and pixels are easy: the simplest starters are for them. */
const SMALL = 28 * 28;

export function Starters(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const templates = useCanvas((canvas) => canvas.catalogue.templates);
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const data = useCanvas((canvas) => canvas.document.data);
  const [all, setAll] = useState(false);
  const begin = useBegin();
  const facts = factsOf(data, entries, language);
  const pixels = facts?.shape.reduce((product, side) => product * side, 1) ?? 0;
  // The simplest two look at each pixel alone, which is not enough for photographs.
  const first = pixels > SMALL ? 2 : 0;
  const shown = all ? templates : templates.slice(first, first + FEW);
  return (
    <section className="bm-starters" aria-label={t("ui.start.starters")}>
      <header>
        <h2>
          {t(equal(data, DIGITS) ? "ui.start.starters" : "ui.start.starters_for", { data: facts?.title })}
        </h2>
        <button
          type="button"
          className="bm-link nodrag nopan"
          data-testid="blockml-first-all"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {t(all ? "ui.start.fewer" : "ui.start.all")}
        </button>
      </header>
      <ul className="bm-starter-list" data-all={all}>
        {shown.map((template) => (
          <li key={template.name}>
            <button
              type="button"
              className="bm-starter nodrag nopan"
              data-testid={`blockml-template-${template.name}`}
              title={pick(template.summary, language)}
              onClick={() => begin(template)}
            >
              <NetworkPicture template={template} />
              <strong>{pick(template.title, language)}</strong>
              <Outlook template={template} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a document has of data as long as nobody has chosen any. */
const DIGITS = namedData("digits");

/** What a starter was measured to reach, and about how long that takes here. */
function Outlook({ template }: { template: Template }): ReactElement {
  const t = useT();
  const language = useLanguage();
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const chosen = useCanvas((canvas) => canvas.document.data);
  const { data, recipe } = template.experiment;
  const usual = factsOf(data, entries, language);
  const isUsual = equal(chosen, DIGITS) || equal(chosen, data);
  if (!usual || !isUsual) return <small>{pick(template.summary, language).split(/[.:] /)[0]}</small>;
  const time = t(`ui.start.${guess(template.flops, trained(usual.train, recipe), recipe)}`);
  const share = template.reaches === null ? null : Math.round(template.reaches * 100);
  return (
    <small>
      {usual.title}
      <br />
      {share === null ? time : t("ui.start.reaches", { share, time })}
    </small>
  );
}

/** Begin with a starter: as it is, or made to suit the data that somebody has chosen. */
function useBegin(): (template: Template) => Promise<void> {
  const store = useCanvasStore();
  const act = useAct();
  return (template) =>
    act(async () => {
      const { document, editWhole, request } = store.getState();
      const isChosen = !equal(document.data, DIGITS) && !equal(document.data, template.experiment.data);
      const found = isChosen
        ? (await request("starter", { name: template.name })).document
        : template.experiment;
      // One change, so that one undo brings the empty canvas back; the name stays the person's.
      editWhole(({ name }) => ({ ...found, name }));
    });
}
