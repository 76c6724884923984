// What every script may count on of the browser beyond TypeScript's own library.

interface Window {
  /** The line to the page's session: what came before the page hears waits in `received`. */
  vigieLine?: {
    received: string[];
    send?: (message: unknown) => void;
    take?: (text: string) => void;
    opened?: () => void;
  };
  /** How each key of the page is written now, by its name, for what is no part of the page's script: "" while it does nothing. */
  vigieKeys?: Record<string, string>;
  /** How many alarms nobody has, in the words of the page's list; "" for none. */
  vigieUnowned?: string;
  /** Bokeh's own, for the connections it holds. */
  Bokeh?: Foreign;
}

/** What is Bokeh's or Panel's: they have no types of their own. */
type Foreign = any;

/** The model of the map that was drawn last. */
interface DocumentEventMap {
  "vigie:map": CustomEvent<Foreign>;
  /** What somebody wants of the map (`wish` in `map/frame.js`), and the time of the page, in ms. */
  "vigie:map-wish": CustomEvent<{ what: string; [fact: string]: unknown }>;
  "vigie:second": CustomEvent<number>;
  /** Somebody asked for the map in a window of its own. */
  "vigie:map-window": Event;
  /** The page's keys are written otherwise now. */
  "vigie:keys": Event;
}

// The pages look up HTML elements; a picture's parts are named where they are looked up.
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(selectors: K): HTMLElementTagNameMap[K] | null;
  querySelector<E extends Element = HTMLElement>(selectors: string): E | null;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selectors: K): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll<E extends Element = HTMLElement>(selectors: string): NodeListOf<E>;
}

interface Element {
  closest<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K] | null;
  closest<E extends Element = HTMLElement>(selectors: string): E | null;
}

/** The loudspeaker it plays on: "" is the system's; not in every browser. */
interface AudioContext {
  readonly sinkId?: string | { type: string };
}
