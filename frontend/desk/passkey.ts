// Passkeys: asks the node what is to be signed, has the browser sign it, and sends the answer with the form.
type Asked = { publicKey: Record<string, unknown> & { challenge: string } };
type Named = { id: string; type: string };

const bytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0)).buffer;
};

const text = (data: ArrayBuffer | null): string | undefined => {
  if (!data) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(data));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const named = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list ?? []) as Named[]).map((one) => ({ ...one, id: bytes(one.id) }) as PublicKeyCredentialDescriptor);

function read({ publicKey }: Asked): PublicKeyCredentialRequestOptions & PublicKeyCredentialCreationOptions {
  const user = publicKey["user"] as { id: string } | undefined;
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    allowCredentials: named(publicKey["allowCredentials"]),
    excludeCredentials: named(publicKey["excludeCredentials"]),
    ...(user ? { user: { ...user, id: bytes(user.id) } } : {}),
  } as PublicKeyCredentialRequestOptions & PublicKeyCredentialCreationOptions;
}

function written(made: PublicKeyCredential): string {
  const { response } = made;
  const answer =
    response instanceof AuthenticatorAttestationResponse
      ? { attestationObject: text(response.attestationObject), transports: response.getTransports() }
      : signed(response as AuthenticatorAssertionResponse);
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: text(response.clientDataJSON), ...answer },
  });
}

const signed = (response: AuthenticatorAssertionResponse): Record<string, string | undefined> => ({
  authenticatorData: text(response.authenticatorData),
  signature: text(response.signature),
  userHandle: text(response.userHandle),
});

async function ask(form: HTMLFormElement): Promise<string> {
  const use = form.dataset["passkey"] ?? "";
  const body = new FormData();
  body.set("use", use);
  body.set("csrfmiddlewaretoken", new FormData(form).get("csrfmiddlewaretoken") ?? "");
  const answer = await fetch(form.dataset["challenge"] ?? "", { method: "POST", body, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const publicKey = read((await answer.json()) as Asked);
  const made = use === "add" ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  const credential = await made;
  if (!(credential instanceof PublicKeyCredential)) throw new Error("none");
  return written(credential);
}

function begin(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("[name=credential]");
  const failed = form.querySelector<HTMLElement>("[data-failed]");
  if (!field) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    if (failed) failed.hidden = true;
    ask(form).then(
      (answer) => {
        field.value = answer;
        form.submit();
      },
      () => {
        if (failed) failed.hidden = false;
      },
    );
  });
  window.addEventListener("pageshow", () => {
    field.value = "";
  });
}

if ("PublicKeyCredential" in window && isSecureContext) {
  document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(begin);
  document.querySelectorAll<HTMLElement>(".unscripted").forEach((one) => (one.hidden = true));
}

export {};
