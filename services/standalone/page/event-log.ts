import { appendBounded, element } from "./dom.ts";

/** Rows kept per pane; older ones go. */
const rowsMax = 300;

export interface LogRow {
  readonly type: string;
  readonly seq?: number;
  /** The few words that matter of it. */
  readonly gist: string;
  /** own: of the client, not of the server. missed: came with a resume. alarm: look here. */
  readonly kind: "event" | "missed" | "own" | "alarm";
  /** Shown in full when the row is opened. */
  readonly content: unknown;
}

/** Everything that a client hears, as it comes; each row opens to its JSON. */
export class EventLog {
  readonly #list: HTMLElement;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  add({ type, seq, gist, kind, content }: LogRow): void {
    const row = element("li", kind);
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.append(
      element("span", "time", new Date().toISOString().slice(11, 23)),
      element("span", "seq", seq === undefined ? "" : String(seq)),
      element("span", "type", type),
      element("span", "gist", gist),
    );
    details.append(summary);
    // Written when it is looked at: most rows never are.
    details.addEventListener("toggle", () => {
      if (details.childElementCount === 1) {
        details.append(element("pre", "", JSON.stringify(content, null, 2)));
      }
      if (details.open) row.scrollIntoView({ block: "nearest" });
    });
    row.append(details);
    appendBounded(this.#list, row, rowsMax);
  }

  clear(): void {
    this.#list.replaceChildren();
  }
}
