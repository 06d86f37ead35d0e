/** A window that moves over a picture while the result builds up; each number shows what it was made of. */

import { type ReactElement, useState } from "react";
import { type Cell, type Look, type Plane, type Scene, sides } from "./arithmetic";
import { Controls } from "./Controls";
import { Grid, Marks, squareAt, strongest } from "./Grid";
import { Numbers } from "./Numbers";
import { type Say, useSay } from "./texts";
import { usePlayer } from "./usePlayer";

interface Props {
  scene: Scene;
  /** What makes another picture of it, so that it plays again. */
  about: string;
  /** The sum of a step as it is written. */
  write: (look: Look, say: Say) => string;
  /** Numbers of the window that moves. */
  window?: Plane;
  signed?: boolean;
  /** The result below the picture instead of beside it. */
  below?: boolean;
}

/** Room between the two pictures, in pixels of them. */
const GAP = 3;

/** Most numbers that are laid out in squares. */
const MOST = 25;

export function Sliding(props: Props): ReactElement {
  const { scene, about, write, window: weights, signed = false, below = false } = props;
  const say = useSay();
  const player = usePlayer(scene.order.length, about);
  const [pointed, setPointed] = useState<number | null>(null);
  const [tall, wide] = sides(scene.before.values);
  const [rows, columns] = sides(scene.after);
  const isHere = pointed !== null && pointed < rows * columns;
  const at = isHere ? pointed : (scene.order[player.at] ?? 0);
  const look = scene.look(at);
  const out = { row: Math.floor(at / columns), column: at % columns };
  const made = new Set(scene.order.slice(player.at + 1));
  const [width, height] = below
    ? [Math.max(wide, columns), tall + GAP + rows]
    : [wide + GAP + columns, Math.max(tall, rows)];
  const [x, y] = below ? [(width - wide) / 2, 0] : [0, (height - tall) / 2];
  const [right, top] = below ? [(width - columns) / 2, tall + GAP] : [wide + GAP, (height - rows) / 2];
  const most = signed ? strongest(scene.after) : Math.max(1, strongest(scene.after));
  const text = sentence(say, out, write(look, say));
  return (
    <>
      <svg
        className="bm-look"
        viewBox={`-0.15 -0.15 ${width + 0.3} ${height + 0.3}`}
        style={{ maxHeight: below ? 200 : 190 }}
        role="img"
        aria-label={say("look.picture", { before: [tall, wide], after: [rows, columns] })}
        data-testid="blockml-learn-picture"
        onPointerMove={(event) => {
          const cell = squareAt(event, [rows, columns], [right, top]);
          setPointed(cell && cell.row * columns + cell.column);
        }}
        onPointerLeave={() => setPointed(null)}
      >
        <Grid values={scene.before.values} x={x} y={y} framed={scene.before} />
        <Grid
          values={scene.after}
          x={right}
          y={top}
          most={most}
          signed={signed}
          framed={scene.around}
          isMade={(each) => !made.has(each) || each === at}
        />
        <Rays
          cells={look.terms.map((term) => term.cell)}
          from={[x, y]}
          out={out}
          to={[right, top]}
          below={below}
        />
        {look.terms.length <= MOST ? (
          <Marks cells={look.terms.map((term) => term.cell)} x={x} y={y} name="window" />
        ) : null}
        {look.winner >= 0 ? (
          <Marks cells={[look.terms[look.winner]?.cell as Cell]} x={x} y={y} name="winner" />
        ) : null}
        <Marks cells={[out]} x={right} y={top} name="result" />
      </svg>
      {scene.order.length > 0 ? <Controls player={player} text={text} /> : null}
      <Sum look={look} weights={weights} signed={signed} most={most} />
      <p
        className="bm-look-sum"
        style={{ minHeight: room(look.terms.length, weights !== undefined) }}
        data-testid="blockml-learn-sum"
      >
        {text}
      </p>
    </>
  );
}

/** Height for a sum of so many numbers, so that nothing below moves while the window does. */
function room(count: number, weighted: boolean): string {
  const written = Math.min(count, MOST) + 2;
  return `${Math.ceil(written / (weighted ? 3.5 : 7)) * 1.5}em`;
}

/** Where a number stands, and how it came about. */
function sentence(say: Say, { row, column }: Cell, sum: string): string {
  return `${say("look.place", { row: row + 1, column: column + 1 })}: ${sum}`;
}

interface RaysProps {
  cells: readonly Cell[];
  from: readonly [number, number];
  out: Cell;
  to: readonly [number, number];
  below: boolean;
}

/** Two thin lines from the window to the number that it makes. */
function Rays({ cells, from, out, to, below }: RaysProps): ReactElement | null {
  if (cells.length === 0) return null;
  const rows = cells.map((cell) => cell.row + from[1]);
  const columns = cells.map((cell) => cell.column + from[0]);
  const [top, bottom] = [Math.min(...rows), Math.max(...rows) + 1];
  const [left, right] = [Math.min(...columns), Math.max(...columns) + 1];
  const [x, y] = [to[0] + out.column, to[1] + out.row];
  const lines = below
    ? [`M${left} ${bottom}L${x} ${y}`, `M${right} ${bottom}L${x + 1} ${y}`]
    : [`M${right} ${top}L${x} ${y}`, `M${right} ${bottom}L${x} ${y + 1}`];
  return (
    <g className="bm-rays">
      <rect x={left} y={top} width={right - left} height={bottom - top} />
      <path d={lines.join("")} />
    </g>
  );
}

interface SumProps {
  look: Look;
  weights: Plane | undefined;
  signed: boolean;
  most: number;
}

/** The window and its weights as numbers, and the number that they make. */
function Sum({ look, weights, signed, most }: SumProps): ReactElement | null {
  const say = useSay();
  const { terms, across, total, winner } = look;
  if (terms.length < 2 || terms.length > MOST) return null;
  return (
    <div className="bm-look-numbers">
      <Numbers
        values={terms.map((term) => term.value)}
        across={across}
        most={1}
        winner={winner}
        label={say("look.pixels")}
      />
      {weights ? (
        <>
          <span aria-hidden="true">×</span>
          <Numbers
            values={terms.map((term) => term.weight)}
            across={across}
            most={strongest(weights)}
            signed
            label={say("look.weights")}
          />
        </>
      ) : null}
      <span aria-hidden="true">→</span>
      <Numbers values={[total]} across={1} most={most} signed={signed} label={say("look.result")} />
    </div>
  );
}
