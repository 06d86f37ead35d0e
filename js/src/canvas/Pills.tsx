/** The settings of a block in a row, edited in place: on its card, and on its line of the outline. */

import { type ReactElement, useCallback } from "react";
import { useActions, useCanvas } from "../context";
import { setParam } from "../document";
import { ParamField } from "../panels/ParamField";
import type { Node, Param } from "../protocol";
import { entryOf } from "./gestures";
import { problemsIn } from "./problemsIn";

interface Props {
  node: Node;
  className: string;
  /** Whether those at their default are shown too; otherwise only what matters most for the block. */
  all?: boolean;
  /** Whether the Tab key stops at them. */
  stop?: boolean;
}

/** The fields; nothing where there are none. */
export function Pills({ node, className, all = false, stop }: Props): ReactElement | null {
  const { edit } = useActions();
  const entry = useCanvas((canvas) => entryOf(canvas.catalogue.blocks, node));
  const told = useCanvas(({ analysis, scope }) =>
    analysis ? problemsIn(analysis, scope).get(node.id)?.param : null,
  );
  const change = useCallback(
    (param: Param, value: Parameters<typeof setParam>[3]) =>
      edit(
        (document) => setParam(document, node.id, param.name, value, entry?.params ?? []),
        `param.${node.id}.${param.name}`,
      ),
    [edit, entry, node.id],
  );
  const shown =
    entry?.params.filter((param) => all || param.primary || node.params[param.name] !== undefined) ?? [];
  if (shown.length === 0) return null;
  return (
    <div className={className}>
      {shown.map((param) => (
        <ParamField
          key={param.name}
          param={param}
          value={node.params[param.name]}
          onChange={(value) => change(param, value)}
          compact
          stop={stop}
          told={told === param.name}
          testid={`blockml-param-${node.id}-${param.name}`}
        />
      ))}
    </div>
  );
}
