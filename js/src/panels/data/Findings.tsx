/** What a check of the pictures found: a sentence, examples, and what can be done about it. */

import type { ReactElement } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../../context";
import { equal, leaveOut } from "../../document";
import { count } from "../../format";
import { Icon } from "../../icons";
import { askedAbout, outcomeOf } from "../../jobs";
import type { DataRef, Finding } from "../../protocol";
import { type Language, sentence, shown } from "../../texts";
import { ProblemNote } from "../Problem";
import { Strip } from "../Strip";
import { JobLine } from "../TaskLine";
import { useAuto } from "../useAuto";

/** The findings of the last check of these data. */
export function Findings(): ReactElement | null {
  const t = useT();
  const data = useCanvas((canvas) => canvas.document.data);
  const job = useCanvas((canvas) => canvas.jobs.check);
  const asked = askedAbout(job, data);
  // Without the pictures that are left out now, all its numbers are others: it is asked again.
  const before = equal(whole(job?.about), whole(data)) ? job : undefined;
  useAuto("check", data, before?.outcome != null);
  const found = outcomeOf(job, data) ?? (!asked || asked.going ? before?.outcome : null);
  const problem = asked?.problem;
  if (!found && !problem && !asked?.going) return null;
  return (
    <div className="bm-findings" data-testid="blockml-findings" data-count={found?.findings.length ?? 0}>
      <JobLine name="check" about={data} />
      {problem ? <ProblemNote problem={problem} /> : null}
      {found ? (
        <>
          <h2>{t("ui.check.title")}</h2>
          <ul>
            {found.findings.map((finding, index) => (
              // Two findings can have one code; their order is that of the kernel.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <FindingItem key={index} finding={finding} />
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

/** Data with all their pictures. */
function whole(data: unknown): unknown {
  return { ...(data as DataRef | null), exclude: [] };
}

const ICONS = { good: "check", note: "picture", warning: "warning" } as const;

function FindingItem({ finding }: { finding: Finding }): ReactElement {
  const t = useT();
  const language = useLanguage();
  const exclude = useCanvas((canvas) => canvas.document.data.exclude);
  const { edit } = useActions();
  const say = (part: string): string => {
    const key = `checks.${finding.code}.${part}`;
    const text = sentence(key, language, { ...written(finding.values), ...reason(finding, language) });
    return text === key ? "" : text;
  };
  const out = new Set(exclude);
  const left = finding.exclude.filter((index) => !out.has(index)).length;
  return (
    <li className="bm-finding" data-severity={finding.severity} data-code={finding.code}>
      <Icon name={ICONS[finding.severity]} />
      <div>
        <p>
          <b>{say("title") || finding.code}</b>
          <br />
          {say("about")}
        </p>
        {finding.pictures ? <Strip pictures={finding.pictures} label={t("ui.check.examples")} /> : null}
        {finding.exclude.length === 0 ? null : left > 0 ? (
          <button
            type="button"
            className="bm-button"
            data-testid="blockml-exclude"
            onClick={() => edit((document) => leaveOut(document, finding.exclude))}
          >
            {t(left === 1 ? "ui.check.exclude_one" : "ui.check.exclude", { count: count(left) })}
          </button>
        ) : (
          <p className="bm-finding-hint">{t("ui.check.excluded")}</p>
        )}
      </div>
    </li>
  );
}

/** Why a file is left out, in the language of the page. */
function reason({ values }: Finding, language: Language): { reason?: string } {
  const key = `unreadable.${values.why}`;
  const text = sentence(key, language);
  return text === key ? {} : { reason: text };
}

/** Values as people read them: numbers with separators, lists of names with commas. */
function written(values: Finding["values"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "number" && Number.isInteger(value)
        ? count(value)
        : Array.isArray(value) && value.some((each) => typeof each === "string")
          ? value.join(", ")
          : shown(value),
    ]),
  );
}
