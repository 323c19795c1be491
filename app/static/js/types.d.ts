/** A view of the map. */
export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

/** A box in degrees. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** What the page is asked to show, as its query string says. */
export interface Asked {
  kind: string[];
  status: string[];
  q: string;
  confirmed_since: string;
  layer: string;
  indicator: string;
  /** what is switched on of "Near and connected" */
  graph: string;
}

export interface PinProperties {
  kind?: string;
  status?: string;
  title?: string | null;
  language?: string;
  url?: string;
  count?: number;
  kinds?: Record<string, number>;
}

/** A single place (with an id) or a cluster (with a count). */
export interface Pin {
  id?: string;
  geometry: { coordinates: [number, number] };
  properties: PinProperties;
}

export interface Pins {
  total: number;
  features: Pin[];
}

export interface Indicator {
  slug: string;
  name: string;
  description: string;
  unit: string;
  year: number;
  decimals: number;
  polarity: number;
  source: string;
  licence: string;
}

/** The values of an indicator; class i goes up to and with `upper[i]`. */
export interface Values {
  indicator: Indicator;
  classes: { low: number; upper: number[] } | null;
  values: Record<string, number>;
  few_residents: string[];
  few_residents_below: number;
}

/** A statistic of an area, how likely it is by chance, and what the area is among its neighbours. */
export interface Spot {
  p: number | null;
  q: number | null;
  spot: string;
}

/** The hot spots of an indicator, by local Moran's I and by Gi*; areas that are left out are in none. */
export interface Spots {
  areas: Record<string, { moran: Spot; gi: Spot }>;
}

/** What the server says of a view of the areas: addresses, colours by what stands in the legend, what is picked. */
export interface PlannerState {
  shapes: string;
  values: string;
  spots: string;
  paint: string;
  colours: Record<string, string>;
  show: string[];
  area: string | null;
  kinds: string[];
}

export interface Suggestion {
  type: "place" | "area" | "words";
  words: string;
  hint: string;
  language?: string;
  kind?: string;
  status?: string;
  id?: string;
  url?: string;
  layer?: string;
  code?: string;
  box?: number[];
}

export interface Configuration {
  city: { slug: string; home: [number, number, number, number] };
  language: string;
  base: string;
  title: string;
  base_map: { url: string; attribution: string };
  kinds: Record<string, string>;
  statuses: Record<string, Record<string, string>>;
  layers: { slug: string; name: string }[];
  /** whether ways are found here, and the words between the two places of a relation */
  graph: { relations: Record<string, string> };
  messages: Record<string, string>;
}
