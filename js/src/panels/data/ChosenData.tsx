/** The data of the document: its facts, examples of each class, and what a check found. */

import type { ReactElement } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../../context";
import { factsOf, isSmall } from "../../data";
import { takeBack } from "../../document";
import { count, shape } from "../../format";
import { askedAbout, outcomeOf } from "../../jobs";
import { ProblemNote } from "../Problem";
import { JobLine } from "../TaskLine";
import { useAuto } from "../useAuto";
import { Findings } from "./Findings";
import { PreviewGrid } from "./PreviewGrid";
import { Unreadable } from "./Unreadable";

/** What is known of it, and what can be done with it. */
export function ChosenData(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const data = useCanvas((canvas) => canvas.document.data);
  const facts = factsOf(data, entries, language);
  const job = useCanvas((canvas) => canvas.jobs.preview);
  const reading = useCanvas((canvas) => canvas.jobs.read);
  const shown = outcomeOf(job, data);
  const preview = askedAbout(job, data);
  // Pictures that are there in a moment, or were read a moment ago, show themselves.
  useAuto("preview", data, facts !== null && (facts.own || isSmall(facts)) && !reading?.going);

  if (reading?.going || reading?.problem) {
    return (
      <section className="bm-data-chosen" aria-label={t("ui.data.own")} data-testid="blockml-data-read">
        <h2>{String(reading.asked)}</h2>
        <JobLine name="read" />
        {reading.problem ? <ReadingFailed /> : <p className="bm-section-note">{t("ui.data.reading")}</p>}
      </section>
    );
  }
  if (facts === null) {
    return (
      <section className="bm-data-chosen" aria-label={data.name}>
        <h2>{data.name}</h2>
        <p className="bm-note bm-note-warning">{t("ui.data.unknown_help")}</p>
      </section>
    );
  }
  return (
    <section className="bm-data-chosen" aria-label={facts.title}>
      <header>
        <h2>{facts.title}</h2>
        {facts.summary ? <p>{facts.summary}</p> : null}
        <p className="bm-data-counts">
          {[
            shape(facts.shape),
            t("ui.data.classes", { count: count(facts.classes.length) }),
            t("ui.data.pictures", {
              train: count(Math.max(0, facts.train - data.exclude.length)),
              test: count(facts.test),
            }),
          ].join(" · ")}
        </p>
      </header>
      <LeftOut />
      <Unreadable />
      <Actions needsPreview={shown === null} />
      <JobLine name="preview" about={data} />
      {preview?.problem && shown === null ? <ProblemNote problem={preview.problem} /> : null}
      {shown ? (
        <PreviewGrid preview={shown} />
      ) : preview?.going ? null : (
        <p className="bm-data-classes">{facts.classes.slice(0, CLASSES).join(", ")}</p>
      )}
      <Findings />
    </section>
  );
}

/** Most names of classes that stand there before the pictures do. */
const CLASSES = 60;

/** The reading that came to nothing: why, and the way back. */
function ReadingFailed(): ReactElement | null {
  const t = useT();
  const problem = useCanvas((canvas) => canvas.jobs.read?.problem);
  const forget = useCanvas((canvas) => canvas.forget);
  if (!problem) return null;
  return (
    <ProblemNote problem={problem}>
      <button type="button" className="bm-button" onClick={() => forget("read")}>
        {t("ui.data.back")}
      </button>
    </ProblemNote>
  );
}

function Actions({ needsPreview }: { needsPreview: boolean }): ReactElement {
  const t = useT();
  const data = useCanvas((canvas) => canvas.document.data);
  const begin = useCanvas((canvas) => canvas.begin);
  const isChecking = useCanvas((canvas) => askedAbout(canvas.jobs.check, data)?.going ?? false);
  const isReading = useCanvas((canvas) => askedAbout(canvas.jobs.preview, data)?.going ?? false);
  return (
    <div className="bm-actions">
      {needsPreview ? (
        <button
          type="button"
          className="bm-button"
          data-testid="blockml-preview-show"
          disabled={isReading}
          onClick={() => begin("preview", data)}
        >
          {t("ui.data.show")}
        </button>
      ) : null}
      <button
        type="button"
        className="bm-button"
        data-testid="blockml-check"
        disabled={isChecking}
        onClick={() => begin("check", data)}
      >
        {t("ui.data.check")}
      </button>
    </div>
  );
}

/** How many training pictures are left out, and the way to take them back. */
function LeftOut(): ReactElement | null {
  const t = useT();
  const left = useCanvas((canvas) => canvas.document.data.exclude.length);
  const { edit } = useActions();
  if (left === 0) return null;
  return (
    <p className="bm-note bm-data-left" data-testid="blockml-excluded" data-count={left}>
      <span>{t(left === 1 ? "ui.data.left_one" : "ui.data.left", { count: count(left) })}</span>
      <button type="button" className="bm-link" onClick={() => edit(takeBack)}>
        {t("ui.data.take_back")}
      </button>
    </p>
  );
}
