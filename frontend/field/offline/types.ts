// What the node sends for a day, and what the phone keeps until it is sent.
export interface Step {
  key: string;
  title: string;
  form: string;
  direct: boolean;
  then?: Step[];
}

export interface Task {
  number: string;
  version: number;
  title: string;
  state: { title: string; stage: string; icon: string };
  due: string;
  card: number;
  category: string;
  place: string;
  address: string;
  text: string;
  unit: string;
  lon: number | null;
  lat: number | null;
  steps: Step[];
}

export interface Call {
  id: number;
  where: string;
  kind: string;
  address: string;
  plans: string[];
  patrol: boolean;
  begun: boolean;
  opens: string;
  due: string;
  lon: number | null;
  lat: number | null;
  form: string;
  tail: string;
}

export interface GridMap {
  patches: { d: string; name: string; own: boolean; x: number; y: number }[];
  width: number;
  height: number;
  simulated: boolean;
  west: number;
  north: number;
  scale: number;
  squeeze: number;
}

export interface Day {
  account: string;
  name: string;
  language: string;
  at: string;
  report: string;
  asked: Record<string, string>;
  tasks: Task[];
  rounds: Call[];
  map: GridMap | null;
  forms: Record<string, string>;
}

export interface Newer {
  state: string;
  version: number;
  may: boolean;
  since: { title: string; who: string; at: string; text: string }[];
}

// waiting: to be sent · sent: the node has it · stuck: the node refused it, a person decides.
export type State = "waiting" | "sent" | "stuck";

// A form as it was filled in. `line`: what must arrive in order. `after`: the item whose answer gives the version.
export interface Item {
  id: string;
  account: string;
  line: string;
  url: string;
  title: string;
  fields: [string, string][];
  made: number;
  tries: number;
  next: number;
  state: State;
  after?: string;
  words?: string;
  href?: string;
  number?: string;
  version?: number;
  newer?: Newer;
  settled?: number;
}

export interface KeptPhoto {
  key: string;
  item: string;
  field: string;
  blob: Blob;
  captured: string;
  there: boolean;
}

export interface Answer {
  outcome: "done" | "refused" | "gone" | "photos" | "other";
  words?: string;
  href?: string;
  number?: string;
  version?: number | null;
  missing?: string[];
  newer?: Newer;
}
