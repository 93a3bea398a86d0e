// Every page with a map loads this one file, and only then.
export { CityMap } from "../shared/map/city";
export { tileSet } from "../shared/map/tiles";
