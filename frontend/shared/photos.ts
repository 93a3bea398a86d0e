// Photos are made smaller before they travel, shown, and can be taken out again.
import { captured } from "./capture";
import { withExif } from "./exif";

const LONGEST = 1600;
const QUALITY = 0.82;

async function shrunk(file: File): Promise<File> {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    if (scale === 1 && file.size < 600_000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    return new File([await withExif(file, blob)], `${file.name}.jpg`, { type: "image/jpeg" });
  } catch {
    return file; // the server says what is wrong with it
  }
}

interface Chosen {
  file: File;
  proof: string;
}

// Hashed as it was chosen, before it is made smaller.
async function taken(original: File): Promise<Chosen> {
  const at = Date.now();
  const file = await shrunk(original);
  return { file, proof: await captured(original, file, at) };
}

class PhotoField {
  private files: Chosen[] = [];
  private waiting: Promise<void> = Promise.resolve();
  private busy = false;

  constructor(
    private readonly box: HTMLElement,
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
  ) {
    input.addEventListener("change", () => this.take());
    if (input.files?.length) this.take(); // chosen before this script was there
    input.form?.addEventListener("submit", (event) => this.hold(event));
  }

  private take(): void {
    const added = [...(this.input.files ?? [])];
    this.busy = true;
    this.waiting = this.waiting.then(() => this.add(added));
  }

  private async add(added: File[]): Promise<void> {
    const smaller = await Promise.all(added.map(taken));
    this.files = [...this.files, ...smaller].slice(0, Number(this.box.dataset["photos"]));
    this.busy = false;
    this.show();
  }

  private hold(event: SubmitEvent): void {
    if (!this.busy) return;
    event.preventDefault();
    const pressed = event.submitter;
    void this.waiting.then(() => this.input.form?.requestSubmit(pressed));
  }

  private show(): void {
    const chosen = new DataTransfer();
    this.files.forEach(({ file }) => chosen.items.add(file));
    this.input.files = chosen.files;
    this.list.replaceChildren(...this.files.map((one) => this.item(one)));
  }

  private item(chosen: Chosen): HTMLElement {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.src = URL.createObjectURL(chosen.file);
    image.alt = chosen.file.name;
    const proof = document.createElement("input");
    proof.type = "hidden";
    proof.name = `${this.input.name}_captured`;
    proof.value = chosen.proof;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = this.list.dataset["remove"] ?? "×";
    remove.addEventListener("click", () => {
      URL.revokeObjectURL(image.src);
      this.files = this.files.filter((one) => one !== chosen);
      this.show();
    });
    item.append(image, remove, proof);
    return item;
  }
}

for (const box of document.querySelectorAll<HTMLElement>("[data-photos]")) {
  const input = box.querySelector<HTMLInputElement>("input[type=file]");
  const list = box.querySelector<HTMLElement>(".chosen");
  if (input && list) new PhotoField(box, input, list);
}
