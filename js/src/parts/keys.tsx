/** The sheet of keys, drawn from the table by which they work. */

import type { ReactElement } from "react";
import { useEffect, useRef } from "react";
import { KEYS, type KeyRow } from "../canvas/keys";
import { useT } from "../context";
import { Icon } from "../icons";
import css from "./keys.css";

export { css };

/** Gestures of the mouse, by the key of their sentence, and how they are shown. */
const MOUSE: readonly (readonly [string, readonly string[]])[] = [
  ["find", []],
  ["rename", []],
  ["puzzle", []],
  ["insert", []],
  ["drop", []],
  ["more", ["Shift+Click"]],
  ["box", ["Shift+Drag"]],
  ["zoom", ["Ctrl+Wheel"]],
];

interface Props {
  close: () => void;
}

export default function KeySheet({ close }: Props): ReactElement {
  const t = useT();
  const root = useRef<HTMLDialogElement>(null);
  useEffect(() => root.current?.querySelector("button")?.focus(), []);
  const groups = [...new Set(["edit", "view", ...KEYS.map(groupOf)])];
  return (
    <dialog
      ref={root}
      open
      className="bm-keys nowheel"
      aria-label={t("ui.keys.title")}
      data-testid="blockml-keys-sheet"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape" || event.key === "?") close();
      }}
    >
      <div className="bm-keys-head">
        <h2>{t("ui.keys.title")}</h2>
        <button type="button" className="bm-tool" aria-label={t("ui.canvas.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus */}
      <div className="bm-keys-groups" tabIndex={0}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`ui.key_groups.${group}`)}</h3>
            <dl>
              {rowsOf(group).map(([text, keys]) => (
                <Row key={text} keys={keys} text={t(`ui.keys.${text}`)} />
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t("ui.key_groups.mouse")}</h3>
          <dl>
            {MOUSE.map(([name, keys]) => (
              <Row key={name} keys={keys} text={t(`ui.mouse.${name}`)} />
            ))}
          </dl>
        </section>
      </div>
    </dialog>
  );
}

/** The rows of a group: those that say the same are one. */
function rowsOf(group: string): [string, string[]][] {
  const rows = new Map<string, string[]>();
  for (const row of KEYS) {
    if (groupOf(row) !== group) continue;
    rows.set(row.text, [...new Set([...(rows.get(row.text) ?? []), ...row.keys])]);
  }
  return [...rows];
}

function groupOf(row: KeyRow): string {
  return row.group ?? "all";
}

function Row({ keys, text }: { keys: readonly string[]; text: string }): ReactElement {
  return (
    <div>
      <dt>{text}</dt>
      <dd>
        {keys.map((name) => (
          <kbd key={name}>{shown(name)}</kbd>
        ))}
      </dd>
    </div>
  );
}

const NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Ctrl: /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl",
};

/** A key as people know it. */
function shown(name: string): string {
  if (name === "+") return name;
  return name
    .split("+")
    .map((part) => NAMES[part] ?? part)
    .join(" + ");
}
