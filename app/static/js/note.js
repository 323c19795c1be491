// The quiet note at the foot of the map: one sentence, maybe one thing to do about it.
import { announce, one } from "./dom.js";

export class Note {
  constructor() {
    this.element = one("[data-note]");
    this.words = one("[data-note-words]");
    this.button = one("[data-note-action]");
    this.about = "";
    /** @type {(() => void) | undefined} */
    this.action = undefined;
    one("[data-note-close]").addEventListener("click", () => this.close());
    this.button.addEventListener("click", () => {
      const action = this.action;
      this.close();
      action?.();
    });
  }

  /**
   * @param {string} about what the note is about, so that `close` takes away no other one
   * @param {string} words
   * @param {string} [label]
   * @param {() => void} [action]
   */
  show(about, words, label, action) {
    this.about = about;
    this.action = action;
    this.words.textContent = words;
    this.button.textContent = label ?? "";
    this.button.hidden = !label;
    this.element.hidden = false;
    announce(words);
  }

  /** Whether a note can be read now. */
  get open() {
    return !this.element.hidden;
  }

  /** @param {string} [about] */
  close(about) {
    if (!about || about === this.about) this.element.hidden = true;
  }
}
