// Made by `python -m tests.wire` from the server's message types: what a page is told. Moments are ms since 1970.

export interface Chosen {
  line: ([number, number] | null)[];
  wrong: [number, number][];
  stops: [number, number, number][];
  guess: [number, number, number, number] | null;
  places: Place[];
}

export interface Grown {
  x: number;
  steps: [number, number, number][];
}

export interface Mark {
  name?: string;
  nameless?: string;
  shape: "triangle" | "circle" | "diamond" | "square";
  received: number;
  unowned?: boolean;
  calls?: boolean;
  unit?: string;
  at?: number;
  x?: number;
  y?: number;
  radius_m?: number;
  doubted?: boolean;
  circle?: [number, number];
  grown?: Grown;
  area?: [number, number, number, number];
}

export interface Place {
  name: string;
  x: number;
  y: number;
  radius_m?: number;
  circle?: [number, number];
}

export interface UnitMark {
  name: string;
  status: "available" | "assigned" | "en_route" | "on_scene" | "off";
  x: number;
  y: number;
  at: number;
  clock_wrong?: boolean;
}
