/** Pictures that training has never seen, to press. */

import { type ReactElement, useEffect, useState } from "react";
import { useActions, useCanvas, useT } from "../../context";
import { asProblem } from "../../problems";
import type { Diagnostic, Sample } from "../../protocol";
import { ProblemNote } from "../Problem";

interface Props {
  /** Takes a picture and what it shows. */
  read: (file: File, truth: string) => void;
}

export function SampleRow({ read }: Props): ReactElement | null {
  const t = useT();
  const { request } = useActions();
  const run = useCanvas((canvas) => (canvas.run.can_predict ? canvas.run.id : ""));
  const [turn, setTurn] = useState(0);
  const [items, setItems] = useState<readonly Sample[]>([]);
  const [problem, setProblem] = useState<Diagnostic | null>(null);
  useEffect(() => {
    if (run === "") return;
    let here = true;
    request("samples", { turn }).then(
      (found) => {
        if (!here) return;
        setItems(found.items);
        setProblem(null);
      },
      (error: unknown) => {
        if (here) setProblem(asProblem(error));
      },
    );
    return () => {
      here = false;
    };
  }, [request, run, turn]);
  if (run === "") return null;
  if (problem) return <ProblemNote problem={problem} />;
  return (
    <section className="bm-samples" aria-label={t("ui.draw.samples")}>
      <header>
        <span>{t("ui.draw.samples")}</span>
        <button type="button" className="bm-link" onClick={() => setTurn(turn + 1)}>
          {t("ui.draw.others")}
        </button>
      </header>
      <ul>
        {items.map(({ label, picture }) => (
          <li key={label}>
            <button
              type="button"
              data-testid={`blockml-sample-${label}`}
              title={label}
              onClick={() => read(fileOf(picture, label), label)}
            >
              <img src={picture} alt={t("ui.draw.sample", { label })} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The picture of a PNG data address as a file. */
function fileOf(address: string, name: string): File {
  const bytes = Uint8Array.from(atob(address.split(",")[1] ?? ""), (sign) => sign.charCodeAt(0));
  return new File([bytes], name, { type: "image/png" });
}
