/** Try the trained network on a picture: drawn, a test picture, or one that is dropped, pasted or chosen. */

import { type ClipboardEvent, type DragEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { useCanvas, useLanguage, useT } from "../context";
import { factsOf } from "../data";
import { percent } from "../format";
import { Icon } from "../icons";
import type { Prediction } from "../protocol";
import { DrawPad } from "./test/DrawPad";
import { SampleRow } from "./test/SampleRow";
import { type Guess, type Picture, useGuess } from "./useGuess";

/** Classes that are shown; the others are nearly always 0. */
const SHOWN = 3;

/** The area that takes a picture and says what it is. */
export function TestArea(): ReactElement {
  const t = useT();
  const canPredict = useCanvas((canvas) => canvas.run.can_predict);
  const language = useLanguage();
  const data = useCanvas((canvas) => canvas.document.data);
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const facts = factsOf(data, entries, language);
  const { guess, read } = useGuess();
  const [over, setOver] = useState(0);
  const input = useRef<HTMLInputElement>(null);

  const take = (files: FileList | null | undefined): boolean => {
    const file = files?.[0];
    if (file === undefined) return false;
    read(file);
    return true;
  };
  const drag = (event: DragEvent, by: number): void => {
    // The page around (a notebook) would open the picture or take it for its own.
    event.preventDefault();
    event.stopPropagation();
    setOver((count) => Math.max(0, count + by));
  };
  return (
    <section
      className="bm-test"
      data-testid="blockml-test-drop"
      data-state={guess.state}
      data-over={over > 0}
      aria-label={t("ui.test.title")}
      tabIndex={-1}
      onDragEnter={(event) => drag(event, 1)}
      onDragOver={(event) => drag(event, 0)}
      onDragLeave={(event) => drag(event, -1)}
      onDrop={(event) => {
        drag(event, -1);
        setOver(0);
        take(event.dataTransfer.files);
      }}
      onPaste={(event: ClipboardEvent) => {
        if (take(event.clipboardData.files)) event.preventDefault();
      }}
    >
      <h2>{t("ui.test.title")}</h2>
      {facts?.strokes ? <DrawPad read={read} classes={facts.classes} /> : null}
      <Outcome guess={guess} />
      <SampleRow read={read} />
      <label className="bm-test-choose">
        <input
          ref={input}
          type="file"
          accept="image/*"
          onChange={() => {
            take(input.current?.files);
            // The same file can be chosen again.
            if (input.current) input.current.value = "";
          }}
        />
        <Icon name="picture" />
        <span>{t(canPredict || guess.state === "waiting" ? "ui.test.invite" : "ui.test.invite_later")}</span>
      </label>
    </section>
  );
}

function Outcome({ guess }: { guess: Guess }): ReactElement {
  const t = useT();
  return (
    <div className="bm-test-outcome" aria-live="polite">
      {guess.state === "waiting" ? (
        <Asked picture={guess.picture} note={t("ui.test.waiting")} />
      ) : guess.state === "reading" ? (
        <Asked picture={guess.picture} note={t("ui.test.reading")} />
      ) : guess.state === "failed" ? (
        <p className="bm-test-problem">
          <Icon name="warning" />
          <span>{guess.text}</span>
        </p>
      ) : guess.state === "known" ? (
        <Answer prediction={guess.prediction} truth={guess.picture.truth} />
      ) : null}
    </div>
  );
}

function Asked({ picture, note }: { picture: Picture; note: string }): ReactElement {
  return (
    <div className="bm-test-answer">
      <img className="bm-test-picture" src={picture.address} alt="" />
      <p className="bm-test-note">
        <b>{picture.name}</b>
        {note}
      </p>
    </div>
  );
}

function Answer({ prediction, truth }: { prediction: Prediction; truth: string | null }): ReactElement {
  const t = useT();
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the answer that has to be seen
  useEffect(() => place.current?.scrollIntoView?.({ block: "nearest" }), [prediction]);
  const ranked = rank(prediction).slice(0, SHOWN);
  return (
    <div className="bm-test-answer" ref={place}>
      <figure className="bm-test-seen">
        <img className="bm-test-picture" src={safeAddress(prediction.picture)} alt={t("ui.test.seen_alt")} />
        <figcaption>{t("ui.test.seen")}</figcaption>
      </figure>
      <div className="bm-test-ranked" data-testid="blockml-prediction" data-label={prediction.label}>
        <strong className="bm-test-label">{prediction.label}</strong>
        {truth === null ? null : <Truth isRight={truth === prediction.label} label={truth} />}
        <ol>
          {ranked.map(({ name, share }) => (
            <li key={name}>
              <span className="bm-test-bar" style={{ inlineSize: `${Math.max(1, share * 100)}%` }} />
              <span className="bm-test-class">{name}</span>
              <span className="bm-test-share">{percent(share)}</span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

/** Whether the network is right about a test picture. */
function Truth({ isRight, label }: { isRight: boolean; label: string }): ReactElement {
  const t = useT();
  return (
    <p className="bm-test-truth" data-right={isRight} data-testid="blockml-truth">
      <Icon name={isRight ? "check" : "close"} size={14} />
      {t(isRight ? "ui.test.right" : "ui.test.wrong", { label })}
    </p>
  );
}

/** The classes, the most likely first. */
export function rank(prediction: Prediction): { name: string; share: number }[] {
  return prediction.classes
    .map((name, index) => ({ name, share: prediction.probabilities[index] ?? 0 }))
    .sort((one, other) => other.share - one.share);
}

/** Only a picture that travels inside the answer is shown; nothing is fetched from elsewhere. */
export function safeAddress(address: string): string {
  return address.startsWith("data:image/png;base64,") ? address : "";
}
