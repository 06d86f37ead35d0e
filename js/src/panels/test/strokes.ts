/** Strokes on a sheet, and digits as a hand draws them. */

/** A point of the sheet, whose sides are 1. */
export type Point = readonly [number, number];

export type Stroke = readonly Point[];

/** Side of the sheet that is sent, in pixels. */
export const SIDE = 280;

/** Width of the pen, as a share of the side. */
const PEN = 0.07;

const INK = "#14181f";
const PAPER = "#ffffff";

/** Draw strokes on the paper. */
export function paint(context: CanvasRenderingContext2D, strokes: readonly Stroke[]): void {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, SIDE, SIDE);
  context.strokeStyle = INK;
  context.lineWidth = PEN * SIDE;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]): Point => [x * SIDE, y * SIDE]);
    const [first] = points;
    if (!first) continue;
    context.beginPath();
    context.moveTo(...first);
    // From middle to middle, bent by the point between: corners of a fast hand become round.
    points.forEach((point, at) => {
      const next = points[at + 1] ?? point;
      context.quadraticCurveTo(...point, (point[0] + next[0]) / 2, (point[1] + next[1]) / 2);
    });
    // A press without a move is a dot.
    context.lineTo(...(points.at(-1) ?? first));
    context.stroke();
  }
}

/** Digits in hundredths of the sheet; strokes apart by `|`. */
const DIGITS: Readonly<Record<string, string>> = {
  "0": "52,18 36,24 29,46 33,70 48,83 64,76 71,54 66,30 52,18",
  "1": "40,31 53,18 52,84",
  "2": "32,33 38,20 54,17 67,26 66,42 48,60 30,81 50,80 72,80",
  "3": "32,22 50,16 66,24 64,40 47,47 65,54 69,70 54,83 32,79",
  "4": "56,16 40,40 29,60 73,60|61,38 60,84",
  "5": "66,18 38,18 35,46 52,42 68,54 67,73 51,84 32,79",
  "6": "62,16 43,32 32,56 35,76 51,84 66,74 65,58 50,52 35,62",
  "7": "30,19 70,18 58,46 46,84",
  "8": "64,26 50,17 37,26 42,40 58,52 68,68 54,84 37,76 38,62 56,46 64,26",
  "9": "66,32 54,18 38,24 36,42 50,50 64,42 67,26 65,56 58,84",
};

/** How somebody else might draw a digit: never quite the same twice. `null` for another name. */
export function drawn(name: string, chance: () => number = Math.random): Stroke[] | null {
  const text = DIGITS[name];
  if (text === undefined) return null;
  const shake = (): number => (chance() - 0.5) * 0.04;
  const [right, down, slant] = [shake(), shake(), shake() * 4];
  return text.split("|").map((stroke) =>
    stroke.split(" ").map((pair): Point => {
      const [x = 0, y = 0] = pair.split(",").map((part) => Number(part) / 100);
      return [x + right - (y - 0.5) * slant + shake() / 4, y + down + shake() / 4];
    }),
  );
}

/** The names of the digits that `drawn` knows. */
export const KNOWN: readonly string[] = Object.keys(DIGITS);
