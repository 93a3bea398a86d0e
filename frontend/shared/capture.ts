// What a picture was when it was taken up: SHA-256 of its bytes, and of what is sent of it. Nothing where the page has
// no secure context: browsers hash only there.
async function digest(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function captured(original: Blob, sent: Blob, at: number): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  try {
    return `${await digest(sent)} ${await digest(original)} ${at}`;
  } catch {
    return ""; // too large for the phone's memory: the photo goes without
  }
}
