// Passkeys, where the browser has them. Without this file the pages hide what needs it.
"use strict";

{
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const each = (mark, work) => document.querySelectorAll(`[${mark}]`).forEach(work);

  /** What the browser is asked, its bytes as bytes. */
  function read(json) {
    const options = JSON.parse(json);
    const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
    return {
      ...options,
      challenge: bytes(options.challenge),
      ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
      ...(options.allowCredentials && { allowCredentials: named(options.allowCredentials) }),
      ...(options.excludeCredentials && { excludeCredentials: named(options.excludeCredentials) }),
    };
  }

  /** What the device answered, its bytes as text. */
  function write(credential) {
    const { response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const written = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
    const { credProps } = credential.getClientExtensionResults();
    const extensions = credProps ? { credProps } : {};
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, extensions, response: Object.fromEntries(written) });
  }

  function offer(form) {
    const publicKey = read(form.dataset.options);
    const makes = form.dataset.passkey === "create";
    const button = form.querySelector("button");
    let waiting;

    const send = (credential) => {
      form.elements.credential.value = write(credential);
      form.submit();
    };

    // The field for the user name offers passkeys along with names, until the button is pressed.
    const autofill = async () => {
      if (makes || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
      waiting = new AbortController();
      try {
        send(await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal }));
      } catch { /* Nobody chose one. */ }
    };

    button.addEventListener("click", async () => {
      if (!form.reportValidity()) return;
      waiting?.abort();
      each("data-passkey-told", (part) => { part.hidden = true; });
      button.setAttribute("aria-disabled", "true");
      try {
        send(makes ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey }));
      } catch (error) {
        const told = error.name === "InvalidStateError" ? "known" : "failed";
        each("data-passkey-told", (part) => { part.hidden = part.dataset.passkeyTold !== told; });
        button.removeAttribute("aria-disabled");
        autofill();
      }
    });

    each("data-passkey-with", (part) => { part.hidden = false; });
    each("data-passkey-without", (part) => { part.hidden = true; });
    autofill();
  }

  const form = document.querySelector("form[data-passkey]");
  if (form && window.PublicKeyCredential && navigator.credentials) offer(form);
}
