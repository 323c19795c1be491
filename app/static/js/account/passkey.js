/**
 * Passkeys: the browser makes one or signs with one, as the form asks, and the form sends its answer.
 */

/** @param {string} text base64url @returns {Uint8Array<ArrayBuffer>} */
function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer | null} buffer @returns {string} base64url */
function written(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{id: string}[] | undefined} keys */
function known(keys) {
  return (keys ?? []).map((key) => ({ ...key, type: /** @type {const} */ ("public-key"), id: bytes(key.id) }));
}

/** @param {any} options @returns {Promise<object>} */
async function made(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const asked = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) };
  const key = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey: asked }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (key.response);
  return {
    ...named(key),
    response: {
      attestationObject: written(response.attestationObject),
      clientDataJSON: written(response.clientDataJSON),
      transports: response.getTransports?.() ?? null,
    },
    extensions: JSON.stringify(key.getClientExtensionResults()),
  };
}

/** @param {any} options @returns {Promise<object>} */
async function signed(options) {
  const asked = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const key = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey: asked }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (key.response);
  return {
    ...named(key),
    response: {
      authenticatorData: written(response.authenticatorData),
      clientDataJSON: written(response.clientDataJSON),
      signature: written(response.signature),
      userHandle: written(response.userHandle),
    },
  };
}

/** @param {PublicKeyCredential} key */
function named(key) {
  return { id: key.id, rawId: written(key.rawId), type: key.type };
}

/** @param {HTMLFormElement} form */
async function run(form) {
  const failed = /** @type {HTMLElement} */ (form.querySelector("[data-passkey-failed]"));
  const again = /** @type {HTMLElement} */ (form.querySelector("[data-passkey-again]"));
  failed.hidden = again.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options ?? "{}");
    const answer = await (form.dataset.passkey === "create" ? made(options) : signed(options));
    const field = /** @type {HTMLInputElement} */ (form.querySelector("[data-passkey-answer]"));
    field.value = JSON.stringify(answer);
    form.submit();
  } catch {
    failed.hidden = again.hidden = false;
  }
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("[data-passkey]"))) {
  form.querySelector("[data-passkey-again]")?.addEventListener("click", () => run(form));
  run(form);
}
