import type { Track } from "livekit-client";
import { element } from "./dom.ts";

/** What a tile shows and plays of somebody. */
export interface TileTracks {
  readonly video: Track | null;
  readonly sound: Track | null;
}

/** Somebody in a call: the picture, or the first letter where there is none. */
export class Tile {
  readonly root = element("figure", "tile");
  readonly #name: string;
  readonly #caption = element("figcaption", "");
  readonly #video = document.createElement("video");
  readonly #audio = document.createElement("audio");
  #tracks: TileTracks = { video: null, sound: null };

  constructor(name: string, isOwn: boolean) {
    this.#name = name;
    this.#video.playsInline = true;
    this.#video.muted = true;
    this.root.classList.toggle("own", isOwn);
    this.root.append(element("span", "avatar", name.slice(0, 1)), this.#video, this.#audio, this.#caption);
  }

  show(tracks: TileTracks, isMuted: boolean): void {
    replace(this.#tracks.video, tracks.video, this.#video);
    replace(this.#tracks.sound, tracks.sound, this.#audio);
    this.#tracks = tracks;
    this.#video.hidden = tracks.video === null;
    this.#caption.textContent = isMuted ? `${this.#name}, muted` : this.#name;
  }

  remove(): void {
    this.show({ video: null, sound: null }, false);
    this.root.remove();
  }
}

function replace(before: Track | null, after: Track | null, player: HTMLMediaElement): void {
  if (before === after) return;
  before?.detach(player);
  after?.attach(player);
}
