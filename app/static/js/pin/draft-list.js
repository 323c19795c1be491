// The drafts on this device: go on with one, forget one; what waits is sent as soon as it can be.
import { announce, one } from "../dom.js";
import { drafts, forget } from "./drafts.js";
import { sendWaiting } from "./outbox.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./outbox.js").Sent} Sent */
/** @typedef {import("../words.js").Words} Words */

export class DraftList {
  /**
   * @param {any} configuration
   * @param {Words} words
   * @param {(draft: Draft) => void} goOn
   */
  constructor(configuration, words, goOn) {
    this.configuration = configuration;
    this.words = words;
    this.goOn = goOn;
    this.section = one("[data-drafts]");
    this.list = one("[data-drafts-list]");
    /** @type {HTMLElement[]} */
    this.done = [];
    window.addEventListener("online", () => this.sendWaiting());
    this.refresh().then(() => this.sendWaiting());
  }

  async sendWaiting() {
    const { city, base, person, language } = this.configuration;
    const where = { city: city.slug, base, person, language };
    await sendWaiting(where, (draft, sent) => this.#sent(draft, sent)).catch(() => undefined);
    await this.refresh();
  }

  /** Show what is kept now. */
  async refresh() {
    const { city, person } = this.configuration;
    const kept = await drafts(city.slug, person).catch(() => []);
    this.list.replaceChildren(...this.done, ...kept.map((draft) => this.#line(draft)));
    this.section.hidden = !this.list.children.length;
  }

  /** @param {Draft} draft @param {Sent} sent */
  #sent(draft, sent) {
    if (sent.state !== "sent") return;
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = sent.url;
    link.textContent = this.words.say("draft_sent", { title: this.#title(draft) });
    item.append(link);
    this.done.push(item);
    announce(link.textContent);
  }

  /** @param {Draft} draft */
  #title(draft) {
    return draft.fields.title?.trim() || this.configuration.kinds[draft.fields.kind] || this.words.say("untitled");
  }

  /** @param {Draft} draft */
  #line(draft) {
    const item = document.createElement("li");
    const words = document.createElement("span");
    const state = { begun: "draft_begun", "to send": "draft_waiting", "sign in": "draft_sign_in", refused: "draft_refused" };
    words.textContent = `${this.#title(draft)} · ${this.words.say(state[draft.state], { why: draft.why })}`;
    item.append(words);
    item.append(this.#button("go_on", draft, () => this.#open(draft)));
    item.append(this.#button("forget", draft, () => this.#forget(draft)));
    return item;
  }

  /** @param {string} key @param {Draft} draft @param {() => void} pressed */
  #button(key, draft, pressed) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn-quiet";
    button.textContent = this.words.say(key);
    button.setAttribute("aria-label", `${this.words.say(key)}: ${this.#title(draft)}`);
    button.addEventListener("click", pressed);
    return button;
  }

  /** @param {Draft} draft */
  #open(draft) {
    this.section.hidden = true;
    this.goOn(draft);
  }

  /** @param {Draft} draft */
  async #forget(draft) {
    if (!window.confirm(this.words.say("leave"))) return;
    await forget(draft.id);
    await this.refresh();
  }
}
