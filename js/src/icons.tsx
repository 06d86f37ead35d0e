/** Small icons, drawn as strokes on a grid of 16 and coloured by the text around them. */

import type { ReactElement } from "react";

const STROKES = {
  bypass: "M2 11.5c1.5-8 10.5-8 12 0M14.6 8 14 11.5l-3-1.6M6.5 9.8h3v3h-3z",
  centre: "M8 2v12M4 4.2h8v2.6H4zM5.5 9.2h5v2.6h-5z",
  bars: "M2.5 3.5h11M2.5 8h7M2.5 12.5h4",
  check: "M3.5 8.5 6.5 11.5 12.5 4.5",
  chevron: "M4.5 6.5 8 10 11.5 6.5",
  close: "M4 4 12 12M12 4 4 12",
  code: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  enter: "M2.5 5V2.5h11v11h-11V11M7.5 5.5 10 8l-2.5 2.5M10 8H2.5",
  group: "M2.5 4.5v-2h2M11.5 2.5h2v2M13.5 11.5v2h-2M4.5 13.5h-2v-2M5.5 5.5h5v5h-5z",
  keep: "M4 2.5h8v11L8 10.6 4 13.5z",
  leave: "M12.5 13.5h-4a3 3 0 0 1-3-3V3M2.5 6l3-3 3 3",
  unpack: "M2.5 2.5h4.5v4.5h-4.5zM9 9h4.5v4.5H9zM9.5 6.5l3-3M10 3.5h2.5V6",
  data: "M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
  duplicate: "M5.5 5.5h8v8h-8zM9.5 7.5v4M7.5 9.5h4M10.5 5.5v-3h-8v8h3",
  expand: "M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9 7M2.5 13.5 7 9",
  file: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  folder: "M2 4h4.2l1.5 1.8H14v7.2H2z",
  freeze: "M8 1.8v12.4M2.6 4.9l10.8 6.2M13.4 4.9 2.6 11.1M6.3 2.8 8 4.3l1.7-1.5M6.3 13.2 8 11.7l1.7 1.5",
  keys: "M1.8 4h12.4v8H1.8zM4.2 6.6h.01M6.7 6.6h.01M9.2 6.6h.01M11.7 6.6h.01M5 9.6h6",
  left: "M2.8 2v12M5 4.2h8v2.6H5zM5 9.2h5v2.6H5z",
  map: "M2.5 3h11v10h-11zM7.5 8h4v3h-4zM4.5 5.2h3v1.6h-3z",
  note: "M2.5 2.5h11v7.5L10 13.5H2.5zM13.2 10H10v3.2M5 5.5h6M5 8h3.5",
  heat: "M8 2.2c3.2 2.9 4.3 4.7 4.3 7a4.3 4.3 0 0 1-8.6 0c0-1.6.8-2.8 2-3.9.2 1.4.7 2 1.4 2.2-.2-2 .1-3.6.9-5.3z",
  outline: "M2.5 4h1M6 4h7.5M4.5 8h1M8 8h5.5M4.5 12h1M8 12h5.5",
  palette: "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM11.2 9v4.5M9 11.2h4.5",
  panel: "M2.5 3h11v10h-11zM9.5 3v10",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  picture: "M2.5 3h11v10h-11zM2.5 11l3.2-3.4 2.6 2.6 2-1.8 3.2 3M10.6 6h.01",
  play: "M5 3.2v9.6L12.6 8z",
  plus: "M8 3.5v9M3.5 8h9",
  redo: "M10.5 3 13.5 6l-3 3M13.5 6H6.2a3.7 3.7 0 0 0 0 7.4h2",
  restart: "M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.8 2.5v2.8H10",
  right: "M13.2 2v12M3 4.2h8v2.6H3zM6 9.2h5v2.6H6z",
  save: "M2.5 2.5h8.6l2.4 2.4v8.6h-11zM5 2.5v3.6h5V2.5M5 13.5V9.6h6v3.9",
  search: "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4M10.2 10.2l3.3 3.3",
  select:
    "M2.5 2.5h2M6.5 2.5h3M11.5 2.5h2v2M13.5 6.5v3M13.5 11.5v2h-2M9.5 13.5h-3M4.5 13.5h-2v-2M2.5 9.5v-3M2.5 4.5v-2",
  shrink: "M13 6.5H9.5V3M3 9.5h3.5V13M9.5 6.5l4-4M6.5 9.5l-4 4",
  spread: "M2 2.5h12M2 13.5h12M4 6.2h8v3.6H4z",
  stop: "M4.2 4.2h7.6v7.6H4.2z",
  tidy: "M5.5 2.5h5v3h-5zM2 10.5h4.5v3H2zM9.5 10.5H14v3H9.5zM8 5.5v2.3M4.2 10.5V7.8h7.6v2.7",
  top: "M2 2.8h12M4.2 5h2.6v8H4.2zM9.2 5h2.6v5H9.2z",
  trash: "M3 4.5h10M6.2 4.5V2.8h3.6v1.7M4.5 4.5l.6 8.7h5.8l.6-8.7M6.8 7v3.7M9.2 7v3.7",
  undo: "M5.5 3 2.5 6l3 3M2.5 6h7.3a3.7 3.7 0 0 1 0 7.4h-2",
  warning: "M8 2.4 14.2 13.2H1.8zM8 6.6v3.2M8 11.6h.01",
} as const;

/** Icons whose surface is filled. */
const FILLED: readonly string[] = ["play", "stop"];

export type IconName = keyof typeof STROKES;

/** An icon; it says nothing to a screen reader, so a text or a label stands beside it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg
      className="bm-icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={FILLED.includes(name) ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={STROKES[name]} />
    </svg>
  );
}
