/** All pages by family, found by name or by meaning in both languages. */

import { type ReactElement, useRef, useState } from "react";
import { find } from "../canvas/search";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { familyColour } from "../families";
import { blockName, pick } from "../texts";
import { useSay } from "./texts";
import { useArrival } from "./useArrival";

export function PageList(): ReactElement {
  const t = useT();
  const say = useSay();
  const [text, setText] = useState("");
  const root = useRef<HTMLDivElement>(null);
  useArrival(root);
  const { families, blocks } = useCanvas((canvas) => canvas.catalogue);
  const language = useLanguage();
  const { read } = useActions();
  const found = find(blocks, text, (family) => t(`families.${family}`));
  // Where nothing is found, all pages are the way on.
  const shown = found.length > 0 ? found : blocks;
  return (
    <div ref={root} tabIndex={-1} className="bm-learn" data-testid="blockml-docs" data-block="">
      <input
        type="search"
        className="bm-learn-find"
        placeholder={say("page.find")}
        aria-label={say("page.find")}
        value={text}
        data-testid="blockml-docs-find"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {found.length === 0 ? <p className="bm-empty">{say("page.none", { text })}</p> : null}
      {families
        .map((family) => [family, shown.filter((entry) => entry.family === family)] as const)
        .filter(([, entries]) => entries.length > 0)
        .map(([family, entries]) => (
          <section key={family} style={familyColour(family)}>
            <h3>{t(`families.${family}`)}</h3>
            {entries.map((entry) => (
              <button
                key={entry.name}
                type="button"
                className="bm-learn-entry"
                data-testid={`blockml-docs-${entry.name}`}
                onClick={() => read(entry.name)}
              >
                <b>{blockName(entry.name, language)}</b>
                <span>{pick(entry.summary, language)}</span>
              </button>
            ))}
          </section>
        ))}
    </div>
  );
}
