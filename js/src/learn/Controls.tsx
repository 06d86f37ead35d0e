/** Play, pause and step; the slider is the way for keys, and says each step in words. */

import type { ReactElement } from "react";
import { Icon } from "../icons";
import { useSay } from "./texts";
import type { Player } from "./usePlayer";

export function Controls({ player, text }: { player: Player; text: string }): ReactElement {
  const say = useSay();
  const { at, count, playing, go, toggle } = player;
  return (
    <fieldset className="bm-look-controls" aria-label={say("player.title")}>
      <button
        type="button"
        className="bm-look-button"
        aria-label={say(playing ? "player.pause" : "player.play")}
        title={say(playing ? "player.pause" : "player.play")}
        data-testid="blockml-learn-play"
        onClick={toggle}
      >
        <Icon name={playing ? "pause" : "play"} size={14} />
      </button>
      <button
        type="button"
        className="bm-look-button bm-look-back"
        aria-label={say("player.back")}
        title={say("player.back")}
        disabled={at === 0}
        onClick={() => go(at - 1)}
      >
        <Icon name="chevron" size={14} />
      </button>
      <input
        type="range"
        className="bm-look-range"
        min={0}
        max={Math.max(0, count - 1)}
        value={at}
        aria-label={say("player.step")}
        aria-valuetext={text}
        data-testid="blockml-learn-step"
        onInput={(event) => go(Number(event.currentTarget.value))}
        onKeyDown={(event) => {
          if (event.key !== " ") return;
          event.preventDefault();
          toggle();
        }}
      />
      <button
        type="button"
        className="bm-look-button bm-look-next"
        aria-label={say("player.next")}
        title={say("player.next")}
        disabled={at >= count - 1}
        onClick={() => go(at + 1)}
      >
        <Icon name="chevron" size={14} />
      </button>
      <span className="bm-look-count">
        {at + 1} / {count}
      </span>
    </fieldset>
  );
}
