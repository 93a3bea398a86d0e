// What the camera wrote travels with a picture that is made smaller: when and where it was taken proves handling.
// A canvas drops it, so the first EXIF segment of the original is put into the new file, marked as upright. The
// server reads it and stores the picture without.
const START = 0xffd8;
const APP1 = 0xffe1;
const SCAN = 0xffda;
const ORIENTATION = 0x0112;

export async function withExif(original: File, smaller: Blob): Promise<Blob> {
  const segment = exifOf(await original.slice(0, 256 * 1024).arrayBuffer());
  if (!segment) return smaller;
  turnUpright(segment);
  return new Blob([smaller.slice(0, 2), segment, smaller.slice(2)], { type: "image/jpeg" });
}

function exifOf(head: ArrayBuffer): Uint8Array<ArrayBuffer> | null {
  const view = new DataView(head);
  if (view.byteLength < 4 || view.getUint16(0) !== START) return null;
  for (let at = 2; at + 10 < view.byteLength; ) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2) + 2;
    if (marker < 0xff00 || marker === SCAN) return null;
    const isExif = marker === APP1 && view.getUint32(at + 4) === 0x45786966; // "Exif"
    if (isExif) return at + length <= view.byteLength ? new Uint8Array(head.slice(at, at + length)) : null;
    at += length;
  }
  return null;
}

// The pixels were turned already: a second turn by the same mark would lay the picture on its side.
function turnUpright(segment: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(segment.buffer);
  const tiff = 10;
  const little = view.byteLength > tiff + 8 && view.getUint16(tiff) === 0x4949;
  const directory = view.byteLength > tiff + 8 ? tiff + view.getUint32(tiff + 4, little) : view.byteLength;
  if (directory + 2 > view.byteLength) return;
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > view.byteLength) return;
    if (view.getUint16(at, little) === ORIENTATION) view.setUint16(at + 8, 1, little);
  }
}
