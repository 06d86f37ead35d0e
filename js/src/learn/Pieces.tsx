/** The words of a section. They come as data, so nothing in them can become markup. */

import type { ReactElement } from "react";
import { useActions, useCanvas } from "../context";
import type { Piece, Section, Span } from "../protocol";

export function Pieces({ section, block }: { section: Section; block: string }): ReactElement {
  const found: ReactElement[] = [];
  for (const [at, piece] of section.pieces.entries()) {
    if (piece.kind === "item" && section.pieces[at - 1]?.kind === "item") continue;
    if (piece.kind === "item") {
      const end = section.pieces.findIndex((each, index) => index > at && each.kind !== "item");
      const items = section.pieces.slice(at, end < 0 ? undefined : end);
      found.push(<Items key={at} items={items} block={block} />);
    } else if (piece.kind === "code") {
      found.push(<Lines key={at} text={piece.spans[0]?.text ?? ""} isFormula={section.name !== "example"} />);
    } else {
      found.push(
        <p key={at} className="bm-learn-text">
          <Spans spans={piece.spans} block={block} />
        </p>,
      );
    }
  }
  return <>{found}</>;
}

function Items({ items, block }: { items: readonly Piece[]; block: string }): ReactElement {
  return (
    <ul className="bm-learn-items">
      {items.map((item, at) => (
        // Items of a page have no other name than their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={at}>
          <Spans spans={item.spans} block={block} />
        </li>
      ))}
    </ul>
  );
}

/** A formula with what its letters mean below it, or an example line by line. */
function Lines({ text, isFormula }: { text: string; isFormula: boolean }): ReactElement {
  if (!isFormula) {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll its long lines
      <pre className="bm-learn-lines" tabIndex={0}>
        {text}
      </pre>
    );
  }
  const [formula = "", ...rest] = text.split("\n\n");
  return (
    <figure className="bm-learn-formula">
      <pre>{formula}</pre>
      {rest.length > 0 ? <figcaption>{rest.join(" ")}</figcaption> : null}
    </figure>
  );
}

function Spans({ spans, block }: { spans: readonly Span[]; block: string }): ReactElement {
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const { read } = useActions();
  return (
    <>
      {spans.map((span, at) => {
        const key = `${at}${span.text}`;
        if (span.kind === "link" && span.href.startsWith("https://")) {
          return (
            <a key={key} href={span.href} target="_blank" rel="noopener noreferrer">
              {span.text}
            </a>
          );
        }
        // A shape is not torn apart at the end of a line.
        if (span.kind !== "code")
          return <span key={key}>{span.text.replaceAll(" × ", "\u00a0×\u00a0")}</span>;
        const isPage = span.text !== block && blocks.some((each) => each.name === span.text);
        return isPage ? (
          <button key={key} type="button" className="bm-learn-link" onClick={() => read(span.text)}>
            {span.text}
          </button>
        ) : (
          <code key={key}>{span.text}</code>
        );
      })}
    </>
  );
}
