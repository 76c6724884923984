// Made by `python -m tests.wire` from the server's message types: what a page is told. Moments are ms since 1970.

export interface Dealt {
  state: "seen" | "explained" | "handed_on";
  at_ms: number;
  who: string;
  note: string;
  stream: string;
}

export interface Digest {
  day: string;
  looks: number;
  people: number;
  open: number;
  without: number;
  missing: number;
  kinds: Record<string, number>;
  notices: Record<string, number>;
}

export interface Listed {
  start: number;
  count: number;
  rows: number[];
  own: number;
  counts: Record<string, number>;
  people: Record<string, [number, number, number]>;
  roles: Record<string, number>;
  kinds: Record<string, number>;
}

export interface Look {
  seq: number;
  at_ms: number;
  who: string;
  role: string;
  what:
    | "case"
    | "timeline"
    | "search"
    | "report"
    | "figures"
    | "aggregate"
    | "recording"
    | "evidence"
    | "order"
    | "press"
    | "sheet"
    | "degraded"
    | "devices"
    | "subject"
    | "audit"
    | "access"
    | "life"
    | "kept_from"
    | "break_glass";
  kind: string;
  case: string;
  device: string;
  incident: string;
  need: "" | "unowned" | "mine" | "offered" | "helper" | "second_seat" | "neighbour" | "escalation" | "duty";
  why: "alarm" | "handover" | "review" | "magistrate" | "person" | "training" | "other" | "";
  given: boolean;
  alarm: "" | "open" | "technical" | "none";
  there: boolean;
  file: boolean;
  command: boolean;
  again: boolean;
  quiet_days: number;
}

export interface Opened {
  look: Look;
  stream: string;
  version: number;
  words: string;
  cases: string[];
  more: number;
}

export interface Part {
  n: number;
  listed: Listed;
  rows: Look[];
  marks: [number, boolean][];
}

export interface Verdict {
  ok: boolean;
  records: number;
  streams: number;
  checkpoints: number;
  head: string;
  findings: string[];
  more: number;
  at_ms: number;
  took_ms: number;
}

export interface View {
  who: string;
  role: string;
  what: string;
  case: string;
  device: string;
  since: string;
  until: string;
  alarm: "" | "with" | "without";
  missing: boolean;
  notice: string;
  sort: "at_ms" | "who" | "role" | "what" | "case" | "device" | "why" | "alarm";
  rising: boolean;
}
