/** A transposed convolution: each pixel prints the pattern into a larger picture, and prints add up. */

import { type ReactElement, useMemo, useState } from "react";
import { type Params, pair, range, sides, stamp } from "./arithmetic";
import { Choice } from "./Choice";
import { Controls } from "./Controls";
import { Grid, Marks, squareAt, strongest } from "./Grid";
import { SMALL_SIDE } from "./limits";
import { Numbers } from "./Numbers";
import { digit, PRINTS, type Print, print } from "./samples";
import { num, useSay } from "./texts";
import { usePlayer } from "./usePlayer";
import { written } from "./written";

const GAP = 3;

export function Stamping({ params }: { params: Params }): ReactElement {
  const say = useSay();
  const [name, setName] = useState<Print>("square");
  const [height, width] = pair(params.kernel_size);
  const picture = useMemo(() => digit(SMALL_SIDE), []);
  const pattern = useMemo(() => print(name, height, width), [name, height, width]);
  const stamps = useMemo(() => stamp(picture, pattern, 0, params), [picture, pattern, params]);
  const player = usePlayer(SMALL_SIDE * SMALL_SIDE, JSON.stringify([name, params]));
  const [pointed, setPointed] = useState<number | null>(null);
  const [rows, columns] = sides(stamps.after);
  const made = stamps.upTo(player.at + 1);
  const most = strongest(stamps.after);
  const [tall, x] = [Math.max(SMALL_SIDE, rows), SMALL_SIDE + GAP];
  const [y, top] = [(tall - SMALL_SIDE) / 2, (tall - rows) / 2];
  const look = pointed === null || pointed >= rows * columns ? null : stamps.look(pointed);
  const here = { row: Math.floor(player.at / SMALL_SIDE), column: player.at % SMALL_SIDE };
  const value = picture[here.row]?.[here.column] ?? 0;
  const from = look ? look.terms.map((term) => term.cell) : [here];
  const to =
    look && pointed !== null
      ? [{ row: Math.floor(pointed / columns), column: pointed % columns }]
      : stamps.print(player.at).map((each) => each.cell);
  const text =
    look && to[0]
      ? `${say("look.place", { row: to[0].row + 1, column: to[0].column + 1 })}: ${written.sum(look, say)}`
      : say("stamp.step", { row: here.row + 1, column: here.column + 1, value: num(value) });
  return (
    <>
      <Choice
        label={say("stamp.choose")}
        options={PRINTS.map((each) => [each, say(`stamp.${each}`)])}
        value={name}
        onChoose={setName}
      />
      <svg
        className="bm-look"
        viewBox={`-0.15 -0.15 ${SMALL_SIDE + GAP + columns + 0.3} ${tall + 0.3}`}
        style={{ maxHeight: 210 }}
        role="img"
        aria-label={say("look.picture", { before: [SMALL_SIDE, SMALL_SIDE], after: [rows, columns] })}
        data-testid="blockml-learn-picture"
        onPointerMove={(event) => {
          const cell = squareAt(event, [rows, columns], [x, top]);
          setPointed(cell && cell.row * columns + cell.column);
        }}
        onPointerLeave={() => setPointed(null)}
      >
        <Grid values={picture} y={y} />
        <Grid values={look ? stamps.after : made} x={x} y={top} most={most} />
        <Marks cells={from} y={y} name="window" />
        <Marks cells={to} x={x} y={top} name={look ? "result" : "print"} />
      </svg>
      <Controls player={player} text={text} />
      {look || height * width > 25 ? null : (
        <div className="bm-look-numbers">
          <Numbers values={[value]} across={1} most={1} label={say("look.pixels")} />
          <span aria-hidden="true">×</span>
          <Numbers values={pattern.flat()} across={width} most={1} label={say("look.weights")} signed />
          <span aria-hidden="true">→</span>
          <Numbers
            values={range(height * width).map((at) => value * (pattern.flat()[at] ?? 0))}
            across={width}
            most={most}
            label={say("look.result")}
          />
        </div>
      )}
      <p className="bm-look-sum" data-testid="blockml-learn-sum">
        {text}
      </p>
    </>
  );
}
