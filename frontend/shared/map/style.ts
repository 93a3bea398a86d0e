// How the map looks: colours come from the page's tokens, so that light, dark and wall need no second style.
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { FROM, type Area } from "./drill";
import { shiftedTiles } from "./offset";
import { areasIn, sourceOf, type TileSet } from "./tiles";

export interface Basemap {
  url: string;
  crs: "wgs84" | "gcj02";
  attribution: string;
}

export type Layer = "efficiency" | "heat" | "clusters" | "things";

// Steps of how much of what is open is overdue: 0 nothing open, 1 none, 2 below 5 %, 3 below 15 %, 4 more.
export type Step = 0 | 1 | 2 | 3 | 4;

export interface Look {
  ink: string;
  paper: string;
  ground: string;
  line: string;
  strong: string;
  brand: string;
  soon: string;
  bad: string;
  calm: string; // four fills from nothing overdue to much
  mild: string;
  warm: string;
  hot: string;
  size: number; // pixels of the page's own text
}

const NOTHING: SourceSpecification = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
export const PLACES = "places";
const FONT = ["sans-serif"];

export function lookOf(page: Element): Look {
  const style = getComputedStyle(page);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: token("--ink"),
    paper: token("--paper"),
    ground: token("--ground"),
    line: token("--line"),
    strong: token("--line-strong"),
    brand: token("--brand"),
    soon: token("--soon"),
    bad: token("--bad"),
    calm: token("--map-calm"),
    mild: token("--map-mild"),
    warm: token("--map-warm"),
    hot: token("--map-hot"),
    size: parseFloat(style.fontSize),
  };
}

export function styleOf(look: Look, set: TileSet, basemap: Basemap | null): StyleSpecification {
  const sources: Record<string, SourceSpecification> = { labels: NOTHING, heat: NOTHING, points: NOTHING, things: NOTHING };
  const present = areasIn(set);
  sources[PLACES] = sourceOf(set);
  if (basemap) sources["base"] = rasterOf(basemap);
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": look.ground } },
      ...(basemap ? [{ id: "base", type: "raster", source: "base" } as const] : []),
      ...present.map((area) => fillOf(area, look, basemap !== null)),
      heatOf(look),
      ...[...present].reverse().map((area) => edgeOf(area, look)),
      ...clusterLayers(look),
      ...pointLayers(look),
      thingLayer(look),
      figureLayer(look),
      nameLayer(look),
    ],
  };
}

function rasterOf({ url, crs, attribution }: Basemap): SourceSpecification {
  return { type: "raster", tiles: [crs === "gcj02" ? shiftedTiles(url) : url], tileSize: 256, attribution };
}

const step: ExpressionSpecification = ["coalesce", ["feature-state", "step"], -1]; // -1: not looked at

function fillOf(area: Area, look: Look, over: boolean): LayerSpecification {
  return {
    id: `${area}-fill`,
    type: "fill",
    source: PLACES,
    "source-layer": area,
    minzoom: FROM[area],
    paint: {
      "fill-color": ["match", step, 4, look.hot, 3, look.warm, 2, look.mild, 1, look.calm, 0, look.paper, area === "grid" ? look.paper : look.ground],
      "fill-opacity": opacityOf("efficiency", over),
      "fill-antialias": false,
    },
  };
}

// Other layers need the places only to be pointed at.
export function opacityOf(layer: Layer, over: boolean): number {
  return layer !== "efficiency" ? 0.01 : over ? 0.65 : 1;
}

const near: ExpressionSpecification = ["boolean", ["feature-state", "near"], false];
const here: ExpressionSpecification = ["boolean", ["feature-state", "here"], false];

// The edges of larger places stay visible over those of smaller ones.
function edgeOf(area: Area, look: Look): LayerSpecification {
  const width = { county: 2.5, town: 1.8, village: 1.2, grid: 0.6 }[area];
  return {
    id: `${area}-edge`,
    type: "line",
    source: PLACES,
    "source-layer": area,
    minzoom: FROM[area],
    paint: {
      "line-color": ["case", near, look.ink, here, look.brand, look.strong],
      "line-width": ["case", near, 4, here, 4, width],
      "line-opacity": area === "grid" ? 0.6 : 0.9,
    },
  };
}

function heatOf(look: Look): LayerSpecification {
  return {
    id: "heat",
    type: "heatmap",
    source: "heat",
    layout: { visibility: "none" },
    paint: {
      "heatmap-weight": ["get", "weight"],
      "heatmap-intensity": 0.65,
      "heatmap-opacity": 0.85,
      "heatmap-color": [
        ...(["interpolate", ["linear"], ["heatmap-density"]] as const),
        ...[0, `${look.mild}00`, 0.1, look.mild, 0.45, look.warm, 0.9, look.hot],
      ] as ExpressionSpecification,
    },
  };
}

const many: ExpressionSpecification = ["get", "radius"];

function clusterLayers(look: Look): LayerSpecification[] {
  return [
    {
      id: "clusters",
      type: "circle",
      source: "labels",
      layout: { visibility: "none" },
      filter: [">", ["get", "open"], 0],
      paint: {
        "circle-radius": many,
        "circle-color": look.paper,
        "circle-opacity": 0.92,
        "circle-stroke-width": 3,
        "circle-stroke-color": ["case", [">", ["get", "overdue"], 0], look.bad, look.brand],
      },
    },
    {
      id: "cluster-counts",
      type: "symbol",
      source: "labels",
      filter: [">", ["get", "open"], 0],
      layout: {
        visibility: "none",
        "text-field": ["get", "count"],
        "text-font": FONT,
        "text-size": look.size,
        "text-allow-overlap": true,
      },
      paint: { "text-color": look.ink },
    },
  ];
}

// Single cases, from the zoom of grids on: a shape each, as everywhere.
function pointLayers(look: Look): LayerSpecification[] {
  return [
    {
      id: "points",
      type: "symbol",
      source: "points",
      layout: {
        "icon-image": ["get", "status"],
        "icon-allow-overlap": true,
        "icon-size": look.size / 16,
        "symbol-sort-key": ["match", ["get", "status"], "overdue", 2, "soon", 1, 0],
      },
    },
  ];
}

// Things by how they stand, a shape each: the worst are drawn last, over the others.
function thingLayer(look: Look): LayerSpecification {
  return {
    id: "things",
    type: "symbol",
    source: "things",
    layout: {
      visibility: "none",
      "icon-image": ["get", "shape"],
      "icon-allow-overlap": true,
      "icon-size": look.size / 16,
      "symbol-sort-key": ["get", "weight"],
    },
  };
}

// Every name that fits, then the figures below it that fit too.
function nameLayer(look: Look): LayerSpecification {
  return wordLayer("names", "name", look.size, "bottom", look);
}

function figureLayer(look: Look): LayerSpecification {
  return wordLayer("figures", "words", look.size * 0.85, "top", look);
}

function wordLayer(id: string, field: string, size: number, anchor: "top" | "bottom", look: Look): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: "labels",
    layout: {
      "text-field": ["get", field],
      "text-font": FONT,
      "text-size": size,
      "text-anchor": anchor,
      "text-max-width": 30,
      "text-offset": [0, anchor === "top" ? 0.15 : -0.1], // else the two keep each other away
      "text-padding": 0,
      "symbol-sort-key": ["-", 0, ["get", "overdue"]],
    },
    paint: { "text-color": look.ink, "text-halo-color": look.paper, "text-halo-width": 2 },
  };
}

export function layersOf(layer: Layer): Record<string, boolean> {
  const [clusters, things] = [layer === "clusters", layer === "things"];
  const counted = !clusters && !things;
  return { heat: layer === "heat", clusters, "cluster-counts": clusters, points: !things, things, names: !clusters, figures: counted };
}
