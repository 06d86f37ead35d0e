/** Scores of a few classes, and what becomes of them: shares, their logarithms, or the answer. */

import { type ReactElement, useState } from "react";
import { logSoftmax, softmax } from "./curves";
import { Slider } from "./Slider";
import { num, useSay } from "./texts";

const NAMES = ["cat", "dog", "bird", "fish"] as const;

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
          least={-4}
          most={4}
          testid={`blockml-learn-score-${name}`}
          onChange={(value) => setScores(scores.map((score, each) => (each === at ? value : score)))}
        />
      ))}
      <ol className="bm-shares" data-testid="blockml-learn-picture" aria-label={say(`shares.${kind}`)}>
        {NAMES.map((name, at) => {
          const share = shares[at] ?? 0;
          const score = scores[at] ?? 0;
          const width = kind === "scores" ? Math.max(0, (score + 4) / 8) : share;
          const value = kind === "shares" ? num(share) : num(kind === "logs" ? (logs[at] ?? 0) : score);
          return (
            <li key={name} data-best={at === best}>
              <span>{say(`shares.${name}`)}</span>
              <span className="bm-share-room" aria-hidden="true">
                <span className="bm-share-bar" style={{ width: `${width * 100}%` }} />
              </span>
              <output>{value}</output>
            </li>
          );
        })}
      </ol>
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {kind === "shares"
          ? say("shares.sum", { sum: shares.map(num).join(" + ") })
          : kind === "logs"
            ? say("shares.log", { share: num(shares[best] ?? 0), log: num(logs[best] ?? 0) })
            : say("shares.answer", { score: num(scores[best] ?? 0), name: say(`shares.${NAMES[best]}`) })}
      </p>
    </>
  );
}
