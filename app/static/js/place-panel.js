// A place that slides over the list while the map stays.
import { all, announce, one } from "./dom.js";
import { Latest } from "./latest.js";

/** @typedef {import("./words.js").Words} Words */

export class PlacePanel {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.view = one("[data-place-view]");
    this.list = one("[data-list-view]");
    this.latest = new Latest();
    /** @type {HTMLElement | null} what had the focus when the place was opened */
    this.opener = null;
    if (this.article) this.#dress(this.article);
  }

  /** The open place, if one is open. */
  get article() {
    const found = this.view.querySelector("[data-place-page]");
    return found instanceof HTMLElement && !this.view.hidden ? found : null;
  }

  /**
   * Load a place over the list; gives what is now open, or null where a newer question came first.
   * @param {string} path the address of the place's page
   * @param {string} search the page's query string
   */
  async open(path, search) {
    const parameters = new URLSearchParams(search);
    parameters.set("part", "1");
    parameters.set("lang", this.words.language);
    const markup = await this.latest.ask(`${path}?${parameters}`);
    if (markup === null) return null;
    this.view.innerHTML = markup;
    this.view.hidden = false;
    this.list.hidden = true;
    const article = this.article;
    if (article) this.#dress(article);
    one(".panel-body").scrollTop = 0;
    return article;
  }

  /** Put the list back. */
  close() {
    this.latest.stop();
    this.view.replaceChildren();
    this.view.hidden = true;
    this.list.hidden = false;
  }

  /** Let a keyboard or a screen reader begin at the place's name. */
  focus() {
    one("h2", this.view).focus({ preventScroll: true });
  }

  /** @param {HTMLElement} article */
  #dress(article) {
    const share = one("[data-share]", article);
    share.addEventListener("click", () => this.#share(share));
    for (const link of all("[data-close]", article)) link.setAttribute("aria-keyshortcuts", "Escape");
  }

  /** @param {HTMLElement} button */
  async #share(button) {
    const url = new URL(button.dataset.share ?? "", location.href).href;
    if (navigator.share) return navigator.share({ url, title: document.title }).catch(() => undefined);
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      return window.prompt(button.textContent ?? "", url);
    }
    one("[data-share-words]", button).textContent = this.words.say("link_copied");
    return announce(this.words.say("link_copied"));
  }
}
