/** The moving picture of a block: its class says which one. */

import { type ReactElement, useMemo, useState } from "react";
import { adaptive, convolve, type Fill, type Params, pad, pair, pool, range, type Scene } from "./arithmetic";
import { Choice } from "./Choice";
import { CurvePicture, Legend } from "./CurvePicture";
import { Dropping } from "./Dropping";
import { Adding, Stacking } from "./Joining";
import { SIDE, shrink } from "./limits";
import { Shares } from "./Shares";
import { Sliding } from "./Sliding";
import { Spread } from "./Spread";
import { Stamping } from "./Stamping";
import { digit, KERNELS, type Kernel, kernel } from "./samples";
import { useSay } from "./texts";
import { Voting } from "./Voting";
import { written } from "./written";

interface Props {
  /** Kind of picture, and after a hyphen which one of it. */
  picture: string;
  params: Params;
  /** Channels of the two branches, where the node has them. */
  channels: readonly number[];
  /** The plain word of a parameter. */
  title: (param: string) => string;
}

/** The picture, or nothing for a block that has none. */
export function Picture({ picture, params, channels, title }: Props): ReactElement | null {
  const say = useSay();
  const [kind = "", which = ""] = picture.split("-");
  const key = JSON.stringify(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key holds the parameters
  const fitted = useMemo(() => shrink(kind, params), [kind, key]);
  const drawn = draw(kind, which, fitted.params, channels);
  if (!drawn) return null;
  return (
    <section className="bm-learn-look" aria-label={say("look.title")}>
      {drawn}
      {fitted.smaller.length > 0 ? (
        <p className="bm-look-note" data-testid="blockml-learn-smaller">
          {say("look.smaller", { names: fitted.smaller.map(title).join(", ") })}
        </p>
      ) : null}
    </section>
  );
}

function draw(kind: string, which: string, params: Params, channels: readonly number[]): ReactElement | null {
  switch (kind) {
    case "convolution":
      return <Convolution params={params} />;
    case "stamp":
      return <Stamping params={params} />;
    case "pool":
      return <Pooling make={pool} which={which === "max" ? "max" : "average"} params={params} />;
    case "parts":
      return <Pooling make={adaptive} which={which === "max" ? "max" : "average"} params={params} />;
    case "border":
      return <Border fill={which as Fill} params={params} />;
    case "curve":
      return <CurvePicture kind={which} params={params} />;
    case "shares":
    case "logs":
    case "scores":
      return <Shares kind={kind} />;
    case "spread":
      return <Spread params={params} />;
    case "drop":
      return <Dropping params={params} channels={which === "channels"} />;
    case "vote":
      return <Voting params={params} />;
    case "row":
      return <Row />;
    case "sum":
      return <Adding times={which === "times"} />;
    case "stack":
      return <Stacking channels={channels} />;
    case "pixels":
      return <Whole params={params} />;
    default:
      return null;
  }
}

function Convolution({ params }: { params: Params }): ReactElement {
  const say = useSay();
  const [name, setName] = useState<Kernel>("upright");
  const [height, width] = pair(params.kernel_size);
  const window = useMemo(() => kernel(name, height, width), [name, height, width]);
  const scene = useMemo(() => convolve(digit(SIDE), window, 0, params), [window, params]);
  const signed = scene.after.flat().some((value) => value < -1e-9);
  return (
    <>
      <Choice
        label={say("kernel.choose")}
        options={KERNELS.map((each) => [each, say(`kernel.${each}`)])}
        value={name}
        onChoose={setName}
      />
      <Sliding
        scene={scene}
        about={JSON.stringify([name, params])}
        write={written.sum}
        window={window}
        signed={signed}
      />
      {signed ? <Legend /> : null}
    </>
  );
}

interface PoolingProps {
  make: typeof pool;
  which: "max" | "average";
  params: Params;
}

function Pooling({ make, which, params }: PoolingProps): ReactElement {
  const scene = useMemo(() => make(which, digit(SIDE), params), [make, which, params]);
  return (
    <Sliding
      scene={scene}
      about={JSON.stringify(params)}
      write={which === "max" ? written.max : written.mean}
    />
  );
}

function Whole({ params }: { params: Params }): ReactElement {
  const scene = useMemo(() => whole(digit(SIDE)), []);
  return <Sliding scene={scene} about={JSON.stringify(params)} write={written.moved} />;
}

function Border({ fill, params }: { fill: Fill; params: Params }): ReactElement {
  const scene = useMemo(() => pad(digit(SIDE), params, fill), [fill, params]);
  return <Sliding scene={scene} about={JSON.stringify(params)} write={written.copy} />;
}

/** A picture that goes on as it is. */
function whole(picture: ReturnType<typeof digit>): Scene {
  return { ...pad(picture, { padding: 0 }, "zeros"), order: range(picture.flat().length) };
}

const ROW_SIDE = 5;

/** Flatten: line after line of the picture goes into one row. */
function Row(): ReactElement {
  const scene = useMemo((): Scene => {
    const picture = digit(ROW_SIDE);
    return { ...whole(picture), after: [picture.flat()] };
  }, []);
  return <Sliding scene={scene} about="row" write={written.moved} below />;
}
