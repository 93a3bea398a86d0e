// Saying where by pointing at a drawing that is fetched when it is opened.
interface Frame {
  west: number;
  north: number;
  scale: number;
  squeeze: number;
}

function frameOf(drawing: SVGSVGElement): Frame | null {
  const { west, north, scale, squeeze } = drawing.dataset;
  return west === undefined
    ? null
    : { west: Number(west), north: Number(north), scale: Number(scale), squeeze: Number(squeeze) };
}

class TapMap {
  private readonly holder: HTMLElement;

  constructor(private readonly box: HTMLDetailsElement) {
    this.holder = box.querySelector<HTMLElement>(".tap") ?? box;
    box.addEventListener("toggle", () => box.open && !this.holder.children.length && void this.open(this.start()));
    this.holder.addEventListener("click", (event) => this.press(event));
    this.holder.addEventListener("keydown", (event) => event.key === " " && this.pressed(event));
  }

  // As deep as the lists have said already.
  private start(): string {
    const chosen = [...document.querySelectorAll<HTMLSelectElement>("select[name=place]")].map((list) => list.value);
    return chosen.filter(Boolean).pop() ?? "";
  }

  private async open(place: string): Promise<void> {
    const answer = await fetch(`${this.box.dataset["map"]}?${new URLSearchParams({ place })}`);
    if (answer.ok) this.holder.innerHTML = await answer.text();
  }

  private pressed(event: KeyboardEvent): void {
    event.preventDefault();
    if (event.target instanceof SVGElement) event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }

  private press(event: MouseEvent): void {
    const pressed = event.target instanceof Element ? event.target.closest<HTMLElement | SVGElement>("[data-place], [data-lon]") : null;
    if (!pressed) return;
    event.preventDefault();
    const place = pressed.dataset["place"];
    if (place !== undefined) void this.open(place);
    else this.pick(event, pressed);
  }

  private pick(event: MouseEvent, pressed: HTMLElement | SVGElement): void {
    const drawing = this.holder.querySelector<SVGSVGElement>("svg.tapmap");
    const frame = drawing && frameOf(drawing);
    if (!drawing || !frame) return;
    const byPointer = event.detail > 0;
    const [x, y] = byPointer ? pointOf(drawing, event) : inDrawing(frame, pressed);
    const spot = drawing.querySelector("circle.spot");
    spot?.setAttribute("cx", x.toFixed(1));
    spot?.setAttribute("cy", y.toFixed(1));
    void this.say(frame.west + x / frame.scale / frame.squeeze, frame.north - y / frame.scale);
  }

  private async say(longitude: number, latitude: number): Promise<void> {
    const found = document.querySelector<HTMLElement>("#found");
    const fields = [document.querySelector<HTMLInputElement>("#lon"), document.querySelector<HTMLInputElement>("#lat")];
    const asked = new URLSearchParams({ lon: String(longitude), lat: String(latitude) });
    const answer = await fetch(`${this.box.dataset["hereAt"]}?${asked}`);
    if (!answer.ok) return;
    const place = (await answer.json()) as { words: string; inside: boolean };
    [longitude, latitude].forEach((degrees, at) => {
      const input = fields[at];
      if (input) input.value = place.inside ? degrees.toFixed(7) : "";
    });
    if (found) found.textContent = place.words;
  }
}

function pointOf(drawing: SVGSVGElement, event: MouseEvent): [number, number] {
  const turned = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM()?.inverse());
  return [turned.x, turned.y];
}

function inDrawing(frame: Frame, pressed: HTMLElement | SVGElement): [number, number] {
  const lon = Number(pressed.dataset["lon"]);
  const lat = Number(pressed.dataset["lat"]);
  return [(lon - frame.west) * frame.squeeze * frame.scale, (frame.north - lat) * frame.scale];
}

for (const box of document.querySelectorAll<HTMLDetailsElement>("details[data-map]")) {
  box.hidden = false;
  new TapMap(box);
}
