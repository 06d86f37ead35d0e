/** The page of a block: words from the kernel, the picture, and the settings of the node that is selected. */

import { type ReactElement, useRef, useState } from "react";
import { entryOf } from "../canvas/gestures";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { setParam } from "../document";
import { familyColour } from "../families";
import { shape } from "../format";
import { Icon } from "../icons";
import { ParamField } from "../panels/ParamField";
import { ProblemNote } from "../panels/Problem";
import { type Value, valueIn } from "../panels/values";
import type { BlockEntry, Node, Page, Section } from "../protocol";
import { stateOf } from "../scope";
import type { CanvasStore } from "../store";
import { blockName, pick } from "../texts";
import { Picture } from "./Picture";
import { Pieces } from "./Pieces";
import { useSay } from "./texts";
import { useArrival } from "./useArrival";
import { usePage } from "./usePage";

interface Props {
  block: string;
  /** The node that is selected, where it is one of this block. */
  node: Node | null;
}

/** What stands below the picture and the settings, in this order. */
const BELOW = ["formula", "shape", "example", "use", "mistakes", "links"] as const;

export function BlockPage({ block, node }: Props): ReactElement {
  const t = useT();
  const say = useSay();
  const { page, problem, again } = usePage(block);
  const { read } = useActions();
  const entry = useCanvas(({ catalogue: { blocks } }) =>
    node ? entryOf(blocks, node) : blocks.find((each) => each.name === block),
  );
  const language = useLanguage();
  const { values, change } = useValues(entry, node);
  const channels = useCanvas((canvas) =>
    branches(canvas, node)
      .map((sides) => sides[0] ?? 0)
      .join(),
  );
  const part = (name: Section["name"]): Section | undefined =>
    page?.sections.find((section) => section.name === name);
  const root = useRef<HTMLElement>(null);
  useArrival(root);
  const what = part("what");
  const family = page?.family ?? entry?.family;
  const name = blockName(block, language);
  const kind = family ? t(`families.${family}`) : name;
  return (
    <article
      ref={root}
      tabIndex={-1}
      className="bm-learn"
      style={familyColour(family)}
      data-testid="blockml-docs"
      data-block={block}
    >
      <button type="button" className="bm-link bm-learn-all" onClick={() => read("")}>
        <Icon name="chevron" size={14} />
        <span>{say("page.all")}</span>
      </button>
      <header className="bm-block-head">
        <div className="bm-block-title">
          <h2>{name}</h2>
          {kind === name ? null : <span className="bm-block-family">{kind}</span>}
        </div>
      </header>
      {problem ? (
        <ProblemNote problem={problem}>
          <button type="button" className="bm-button" onClick={again}>
            {say("page.again")}
          </button>
        </ProblemNote>
      ) : null}
      {what ? (
        <Pieces section={what} block={block} />
      ) : entry ? (
        <p className="bm-learn-text">{pick(entry.summary, language)}</p>
      ) : null}
      {entry ? (
        <div className="bm-learn-live">
          <Picture
            picture={entry.picture}
            params={Object.fromEntries(
              entry.params.map((param) => [param.name, valueIn(param, values[param.name])]),
            )}
            channels={channels === "" ? [] : channels.split(",").map(Number)}
            title={(name) => {
              const param = entry.params.find((each) => each.name === name);
              return param ? pick(param.title, language) : name;
            }}
          />
          {entry.params.length > 0 ? (
            <section className="bm-learn-part">
              <h3>{say("page.settings")}</h3>
              <p className="bm-look-note">{node ? say("page.of", { node: node.id }) : say("page.free")}</p>
              {entry.params.map((param) => (
                <ParamField
                  key={param.name}
                  param={param}
                  value={values[param.name]}
                  onChange={(value) => change(param.name, value)}
                  testid={`blockml-learn-param-${param.name}`}
                />
              ))}
            </section>
          ) : null}
        </div>
      ) : null}
      {node && entry ? <Yours node={node} entry={entry} /> : null}
      <Parts page={page} names={BELOW} block={block} />
    </article>
  );
}

/** The values of the settings: those of the node, or some to play with. */
function useValues(entry: BlockEntry | undefined, node: Node | null) {
  const { edit } = useActions();
  const [tried, setTried] = useState<Record<string, Value>>({});
  const change = (name: string, value: Value): void => {
    if (!node) setTried({ ...tried, [name]: value });
    else if (entry) edit((view) => setParam(view, node.id, name, value, entry.params), `${node.id}.${name}`);
  };
  const values: Record<string, unknown> = node ? node.params : tried;
  return { values, change };
}

/** Shapes that come in by each connection of a node. */
function branches(canvas: CanvasStore, node: Node | null): readonly (readonly number[])[] {
  if (!node) return [];
  return canvas.view.graph.edges
    .filter((edge) => edge.target === node.id)
    .flatMap((edge) => {
      const sides = stateOf(canvas, edge.source)?.shapes[edge.source_port];
      return sides ? [sides] : [];
    });
}

/** The shapes of the node, as the rule makes them. */
function Yours({ node, entry }: { node: Node; entry: BlockEntry }): ReactElement {
  const say = useSay();
  const before = useCanvas((canvas) => {
    const many = branches(canvas, node);
    const known = many.map(shape).join(" + ");
    const port = entry.inputs[0]?.name ?? entry.outputs[0]?.name ?? "";
    return known || shape(stateOf(canvas, node.id)?.shapes[port]);
  });
  const after = useCanvas((canvas) =>
    shape(stateOf(canvas, node.id)?.shapes[entry.outputs[0]?.name ?? entry.inputs[0]?.name ?? ""]),
  );
  return (
    <p className="bm-learn-yours" data-testid="blockml-docs-shape">
      <span>{say("page.yours")}</span> <b>{entry.inputs.length > 0 ? `${before} → ${after}` : after}</b>
    </p>
  );
}

interface PartsProps {
  page: Page | null;
  names: readonly Section["name"][];
  block: string;
}

function Parts({ page, names, block }: PartsProps): ReactElement {
  return (
    <>
      {names.map((name) => {
        const section = page?.sections.find((each) => each.name === name);
        return section ? (
          <section key={name} className={`bm-learn-part bm-learn-${name}`}>
            <h3>{section.title}</h3>
            <Pieces section={section} block={block} />
          </section>
        ) : null;
      })}
    </>
  );
}
