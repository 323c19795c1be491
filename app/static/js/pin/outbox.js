// Sending what was written: now, or when the network is back; once, because each draft has its place's identifier.
import { drafts, forget, keep } from "./drafts.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {{state: "sent" | "offline" | "sign in" | "refused" | "later", url: string, why: string, errors: {parameter: string, detail: string}[]}} Sent */

const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Send a draft. What the network or the server cannot take now stays, and is worth trying again.
 * @param {Draft} draft
 * @param {string} base the city's address
 * @param {string} language
 * @returns {Promise<Sent>}
 */
export async function send(draft, base, language) {
  /** @type {Sent} */
  const told = { state: "offline", url: "", why: "", errors: [] };
  try {
    const body = new FormData();
    for (const [name, value] of Object.entries(draft.fields)) body.set(name, value);
    body.set("step", "send");
    body.set("csrf_token", await token(base));
    if (draft.photo) body.set("photo", draft.photo, draft.photoName || "photo");
    const address = `${base}pin?lang=${language}`;
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return { ...told, state: "sent", url: said.url ?? base };
    if (answer.status === 401) return { ...told, state: "sign in" };
    const state = LATER.has(answer.status) ? "later" : "refused";
    return { ...told, state, why: said.detail ?? answer.statusText, errors: said.errors ?? [] };
  } catch {
    return told;
  }
}

/**
 * The token that a form of this session carries now: the page's own may be as old as the draft.
 * @param {string} base
 */
async function token(base) {
  const answer = await fetch(`${base}pin`, { headers: { Accept: "text/html" }, cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const field = page.querySelector("[name=csrf_token]");
  return field instanceof HTMLInputElement ? field.value : "";
}

/**
 * Send every draft of a city that waits for it, one after the other; one page of a browser at a time.
 * @param {{city: string, base: string, person: string, language: string}} where
 * @param {(draft: Draft, sent: Sent) => void} tell
 */
export async function sendWaiting({ city, base, person, language }, tell) {
  await navigator.locks.request("cortile drafts", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const draft of await drafts(city, person)) {
      if (draft.state !== "to send" && !(draft.state === "sign in" && person)) continue;
      const sent = await send(draft, base, language);
      if (sent.state === "offline" || sent.state === "later") break;
      await settle(draft, sent);
      tell(draft, sent);
    }
  });
}

/**
 * Keep what became of a draft.
 * @param {Draft} draft
 * @param {Sent} sent
 */
export async function settle(draft, sent) {
  if (sent.state === "sent") return forget(draft.id);
  const states = { offline: "to send", later: "to send", "sign in": "sign in", refused: "refused" };
  const state = /** @type {Draft["state"]} */ (states[sent.state]);
  return keep({ ...draft, state, why: sent.why });
}
