/** Scores of a few classes, and what becomes of them: shares, their logarithms, or the answer. */

import { type ReactElement, useState } from "react";
import { logSoftmax, softmax } from "./curves";
import { SignedBar } from "./SignedBar";
import { Slider } from "./Slider";
import { fixed, useSay } from "./texts";

const NAMES = ["cat", "dog", "bird", "fish"] as const;

/** The largest score, and the least with a minus. */
const MOST = 4;

export function Shares({ kind }: { kind: "shares" | "logs" | "scores" }): ReactElement {
  const say = useSay();
  const [scores, setScores] = useState<readonly number[]>([1, 2.5, -0.5, 0.5]);
  const shares = softmax(scores);
  const logs = logSoftmax(scores);
  const best = scores.indexOf(Math.max(...scores));
  return (
    <>
      {NAMES.map((name, at) => (
        <Slider
          key={name}
          name={say(`shares.${name}`)}
          value={scores[at] ?? 0}
          least={-MOST}
          most={MOST}
          testid={`blockml-learn-score-${name}`}
          onChange={(value) => setScores(scores.map((score, each) => (each === at ? value : score)))}
        />
      ))}
      <ol className="bm-shares" data-testid="blockml-learn-picture" aria-label={say(`shares.${kind}`)}>
        {NAMES.map((name, at) => {
          const share = shares[at] ?? 0;
          const score = scores[at] ?? 0;
          const value =
            kind === "scores" ? fixed(score, 1) : fixed(kind === "logs" ? (logs[at] ?? 0) : share, 2);
          return (
            <li key={name} data-best={at === best}>
              <span>{say(`shares.${name}`)}</span>
              {kind === "scores" ? (
                <SignedBar value={score} most={MOST} />
              ) : (
                <span className="bm-share-room" aria-hidden="true">
                  <span className="bm-share-bar" style={{ width: `${share * 100}%` }} />
                </span>
              )}
              <output>{value}</output>
            </li>
          );
        })}
      </ol>
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {kind === "shares"
          ? say("shares.sum", { sum: shares.map((each) => fixed(each, 2)).join(" + ") })
          : kind === "logs"
            ? say("shares.log", { share: fixed(shares[best] ?? 0, 2), log: fixed(logs[best] ?? 0, 2) })
            : say("shares.answer", {
                score: fixed(scores[best] ?? 0, 1),
                name: say(`shares.${NAMES[best]}`),
              })}
      </p>
    </>
  );
}
