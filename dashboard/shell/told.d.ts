// Made by `python -m tests.wire` from the server's message types: what a page is told. Moments are ms since 1970.

export interface Abroad {
  beyond_m: number;
  neighbours?: Neighbour[];
  within?: boolean;
}

export interface Address {
  near?: string;
  name: string;
  other?: string;
  town?: string;
  by_map?: string;
  apart?: string;
}

export interface Answer {
  id: string;
  ok: boolean;
  code?: string;
  who?: string;
  since?: number;
  anyway?: boolean;
  incident?: string;
  about?: string[];
  meant?: string;
  case?: string;
}

export interface Ask {
  of: string;
  at: number;
  what: "case" | "device" | "timeline" | "search" | "order" | "press" | "life";
  on: string;
}

export interface Bar {
  name: string;
  seconds: number;
  entered_s: number;
  start: number;
  end: number;
  original_s?: number;
  two_clocks?: boolean;
  limits?: Limit[];
}

export interface Change {
  n: number;
  code: string;
  who?: string;
  what?: string;
  zone?: string;
}

export interface Chip {
  kind: string;
  text: string;
  since: string;
  until: string;
}

export interface Closure {
  id: string;
  at: number;
  as_class: string | null;
  outcome: string | null;
}

export interface Detail {
  live: Live;
  case: ShownCase;
  history: Line[];
}

export interface DeviceRow {
  id: string;
  stream: string;
  condition: string;
  label: string;
  state: string;
  since: number;
  count?: number;
  flaps?: number;
  battery?: number;
  past?: Past;
  owner?: string;
  returned?: number;
  shelved?: number;
  shelved_why?: string;
}

export interface FeedRow {
  name: string;
  state: string;
  since: number | null;
  heartbeat?: number;
  message?: number;
  lag_ms?: number;
  behind?: number;
  malformed?: number;
  ids_again?: number;
  gaps?: number;
  gap_at?: number;
  gap_why?: string;
  gap_numbers?: string;
  exercise?: boolean;
}

export interface Follows {
  desk?: string;
  label?: string;
  why?: "" | "closed" | "locked" | "other";
  since?: number;
}

export interface FoundIncident {
  id: string;
  label: string;
  state: string;
  received?: number;
  place?: string;
  was_in?: string;
  as_class?: string;
  outcome?: string;
  origin?: string;
  drill?: boolean;
  abroad?: boolean;
  times?: Record<string, number>;
  coarse?: boolean;
}

export interface Happening {
  version: number;
  at: number;
  happened: number;
  clock: string;
  line: Line;
  who?: string;
  was?: number;
  held_up_s?: number;
  gone?: boolean;
  day?: string;
}

export interface Health {
  feed_state: "live" | "silent" | "down" | "malformed";
  feeds: FeedRow[];
  recording: "ok" | "aside" | "failed" | "cut_off";
  held: number;
  cases: string;
  orders: "ok" | "late";
  unpresented: number;
  let_go: Record<string, number>;
  blind: Record<string, number | null>;
  unheard: Record<string, string[]>;
  degraded: "off" | "ok" | "old" | "failed";
  degraded_at: number | null;
  degraded_reason: string;
  replica_lost: string;
}

export interface Held {
  id: string;
  label: string;
  state: string;
}

export interface Known {
  at: number;
  state: string;
  owner?: string;
  presses?: number;
  realarm?: string;
  call?: string;
  zone?: string;
  abroad?: boolean;
  order_zone?: string;
  order_step?: string;
  order_delivery?: string;
  order_over?: boolean;
  unit?: string;
  as_class?: string;
  earlier_class?: string;
  earlier_at?: number;
}

export interface Limit {
  profile: string;
  limit_s: number;
  missed: boolean;
}

export interface Line {
  at: number;
  code: string;
  who?: string;
  what?: string;
  zone?: string;
  text?: string;
  n?: number;
  source?: string;
  entered?: number;
  to?: number;
  unrecorded?: boolean;
}

export interface Live {
  id: string;
  proposal: Proposal;
  lat?: number;
  lon?: number;
  radius_m?: number;
  confidence?: number;
  method?: string;
  speed_m_s?: number;
  fix_at?: number;
  battery?: number;
  transport?: string;
  line?: string;
  answered_by?: string;
  near?: string;
  abroad?: Abroad;
  address?: Address;
  near_full?: string;
  names?: string[];
  relation?: string;
  passages?: Passed[];
  stands_at?: number;
  kmh?: number;
  heading?: string;
  moves_until?: number;
  reason?: string;
  press?: string;
  order?: string;
  order_at?: number;
  order_zone?: string;
  asked_unit?: string;
  channel?: string;
  radio?: string;
  delivery?: string;
  undelivered_why?: string;
  declined_at?: number;
  unit?: string;
  unit_status?: string;
  unit_at?: number;
  offered_note?: string;
  offered_at?: number;
  unreadable?: [string, string][];
  times?: Record<string, Record<string, unknown>>;
}

export interface NearUnit {
  unit: string;
  zone: string;
  zone_name: string;
  m: number;
  at: number;
  road_s?: number;
  road_m?: number;
  asking?: boolean;
  age?: "" | "old" | "very_old";
  off_m?: number;
}

export interface NearUnits {
  id: string;
  units?: NearUnit[];
  straight?: "" | "no_router" | "unasked" | "asking" | "no_answer" | "unreadable";
  unsure?: "" | "doubted" | "old" | "no_circle" | "wide";
  off_m?: number;
  blurred?: boolean;
}

export interface Neighbour {
  country: string;
  contact?: string;
}

export interface News {
  me: string;
  people: PersonRow[];
  offers: Offer[];
  shift: ShiftRow;
  ready: number;
}

export interface Offer {
  id: string;
  label: string;
  state: string;
  giver: string;
  note: string;
  whole: boolean;
  at: number;
}

export interface Offset {
  feed: string;
  count: number;
  held_up: number;
  least_s: number;
  median_s: number;
  most_s: number;
}

export interface Option {
  zone: string;
  name: string;
  share?: number;
  by?: "" | "doubted" | "former";
  excluded?: string;
  declined?: string;
}

export interface Passed {
  place: string;
  way: string;
  at: number;
}

export interface Past {
  tests: number;
  real: number;
  last_test: number | null;
}

export interface PersonRow {
  key: string;
  name: string;
  since: number;
  screen: string;
  heard: boolean;
  receives: boolean;
  role: string;
  holds?: Held[];
  covers?: string[];
}

export interface Preferences {
  language?: string;
  single_keys?: "on" | "alt" | "off";
  keys?: Record<string, string>;
}

export interface Proposal {
  options?: Option[];
  preselected?: string;
  why?:
    | ""
    | "no_fix"
    | "too_old"
    | "outside"
    | "excluded"
    | "declined"
    | "no_circle"
    | "wide"
    | "unsure"
    | "named"
    | "named_long_ago"
    | "doubt";
  border_m?: number;
  outside?: number;
  declined?: string[];
  until?: number;
}

export interface Row {
  id: string;
  label: string;
  state: string;
  changes: number;
  received: number;
  priority: number;
  press?: string;
  presses?: number;
  origin?: string;
  zone?: string;
  zone_name?: string;
  zone_share?: number;
  abroad?: boolean;
  municipality?: string;
  near?: string;
  owner?: string;
  owned?: number;
  offered_to?: string;
  offered_by?: string;
  bench?: boolean;
  test?: Test;
  past?: Past;
  flags?: string[];
  as_class?: string;
  earlier_class?: string;
  earlier_at?: number;
  outcome?: string;
  verified?: string;
  realarm?: string;
  realarmed?: number;
  realarm_anew?: boolean;
  hushed?: boolean;
  missed?: [string, number][];
  loudness?: number;
  ladder?: string;
  confirmed?: string;
  outside?: string;
  gone?: string;
  copied?: boolean;
  supervisor?: boolean;
  helpers?: string[];
  listener?: string;
  cad?: string;
  next?: string;
  next_at?: number;
  warn_at?: number;
  unpresented?: boolean;
  unrecorded?: number;
  drill?: boolean;
  paper?: boolean;
  call?: string;
  listening?: boolean;
  fix_at?: number;
  radius_m?: number;
  doubt_m?: number;
  doubt_s?: number;
  speed_m_s?: number;
  delivery?: string;
  order_zone?: string;
  next_zone?: string;
  declined?: string;
  declined_why?: string;
  undelivered?: Undelivered[];
  standing_down?: StandingDown[];
  goes_on?: boolean;
  step?: string;
  done?: boolean;
  unit?: string;
  unit_status?: string;
  tracking_until?: number;
  tracking_ended?: boolean;
  closed?: number;
  took_s?: number;
  closures?: Closure[];
  centre?: string;
  belongs?: "position" | "last_fix" | "home" | "nobody_knows";
  announced?: string[];
  everyones?: boolean;
  kept_from?: number;
  order_excluded?: boolean;
  warns?: string[];
  beside?: string[];
  latest?: Change[];
}

export interface ShiftRow {
  start: number | null;
  end: number | null;
  due: number | null;
  test: TestRow | null;
}

export interface ShownCase {
  state:
    | "open"
    | "unknown"
    | "no_device"
    | "expired"
    | "early"
    | "suspended"
    | "ended"
    | "returned"
    | "locked"
    | "missing"
    | "none"
    | "erased";
  number?: string;
  version?: number;
  victim?: string;
  languages?: string[];
  suspect?: string;
  valid_from?: string;
  valid_until?: string;
  safe_word?: string;
  duress_word?: string;
  words_kept?: boolean;
  pinned?: ShownFact[];
  facts?: ShownFact[];
  safe_numbers?: string[];
  language?: string;
}

export interface ShownFact {
  heading: string;
  text: string;
  source?: string;
  date?: string;
  address?: string;
  radius_m?: number;
  doubted?: string;
}

export interface Spot {
  at: number;
  since: number;
  x: number;
  y: number;
  r?: number;
  radius?: number;
  unit?: string;
  late?: boolean;
}

export interface StandingDown {
  zone: string;
  zone_name: string;
  at: number;
  unit?: string;
}

export interface Story {
  records: number;
  label: string;
  open: boolean;
  start: number;
  received: number;
  end: number;
  pressed: number;
  held_up_s: number | null;
  by_hand: boolean;
  erased: boolean;
  drill: boolean;
  as_class: string;
  outcome: string;
  happenings: Happening[];
  known: Known[];
  spots: Spot[];
  bars: Bar[];
  missing: string[];
  offsets: Offset[];
  province: string;
}

export interface Test {
  who: string;
  until: number;
  where: string;
}

export interface TestRow {
  at: number;
  ok: boolean;
  feed: string;
  took_ms: number;
}

export interface Undelivered {
  what: "order" | "update" | "cancel";
  zone_name: string;
  final: boolean;
}
