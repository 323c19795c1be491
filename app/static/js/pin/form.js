// The form as a sheet of steps over the map; what is written is kept as a draft from the first letter on.
import { all, announce, one } from "../dom.js";
import { Latest, settled } from "../latest.js";
import { DraftList } from "./draft-list.js";
import { forget, keep } from "./drafts.js";
import { mountFind } from "./find.js";
import { send, settle } from "./outbox.js";
import { mountPhoto } from "./photo.js";
import { preview } from "./preview.js";
import { fresh, stepOf } from "./rules.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./where.js").Where} Where */
/** @typedef {import("../words.js").Words} Words */

const PAUSE = 300;
const PATIENCE = 2500; // milliseconds for the question whether it is there already
const OURS = new Set(["csrf_token", "step", "photo", "q", "spot", "nickname"]);

export class PinForm {
  /**
   * @param {HTMLFormElement} form
   * @param {any} configuration
   * @param {Words} words
   * @param {Where} where
   */
  constructor(form, configuration, words, where) {
    this.form = form;
    this.configuration = configuration;
    this.words = words;
    this.where = where;
    this.steps = all("[data-step]", form);
    this.names = this.steps.map((step) => step.dataset.step ?? "");
    this.now = 0;
    this.written = false;
    this.alike = "";
    this.latest = new Latest();
    this.photo = mountPhoto(form, words, () => this.#changed());
    this.list = new DraftList(configuration, words, (draft) => this.#restore(draft));
    this.save = settled(() => this.#keep(), PAUSE);
    this.#field("place_id").value = fresh();
    this.#field("photo_id").value = fresh();
    this.#dress();
    this.#listen();
    mountFind(form, configuration.base, where, words);
    this.#show(this.#firstWrong(), false);
  }

  #dress() {
    this.form.classList.add("stepped");
    one("[data-steps-foot]", this.form).hidden = false;
    one("[data-coordinates]", this.form).removeAttribute("open");
    for (const step of this.steps) step.hidden = false;
  }

  #listen() {
    one("[data-next]", this.form).addEventListener("click", () => this.next());
    one("[data-back]", this.form).addEventListener("click", () => history.back());
    one("[data-send]", this.form).addEventListener("click", () => this.send());
    for (const name of ["input", "change", "placed"]) this.form.addEventListener(name, () => this.#changed());
    this.form.querySelector("[data-sign-in]")?.addEventListener("click", (event) => this.#signIn(event));
    this.form.addEventListener("next", () => this.next());
    this.form.addEventListener("submit", (event) => this.#submitted(event));
    for (const radio of all("[name=kind]", this.form)) {
      radio.addEventListener("change", () => this.where.mark(this.#fields().kind));
    }
    window.addEventListener("popstate", ({ state }) => this.#show(state?.step ?? 0, false));
    window.addEventListener("pagehide", () => this.#keep());
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (event.submitter instanceof HTMLElement && "follow" in event.submitter.dataset) {
      this.written = false;
      forget(this.#field("place_id").value);
      return;
    }
    event.preventDefault(); // Enter in a field goes on
    if (this.now === this.steps.length - 1) this.send();
    else this.next();
  }

  get step() {
    return this.names[this.now];
  }

  /** Go on to the next step, if this one is whole. */
  async next() {
    const from = this.now;
    await this.where.settled();
    if (this.now !== from) return undefined; // Enter was pressed twice
    if (this.step === "where" && !this.where.complete) return announce(one("[data-position]").textContent ?? "");
    let to = this.now + 1;
    if (this.step === "kind") {
      const found = await this.#askAlike("");
      if (!found) to += 1;
    }
    if (this.names[to] === "check") await this.#prepareCheck();
    return this.#show(to, true);
  }

  async #prepareCheck() {
    preview(one("[data-preview]", this.form), this.#fields(), this.photo.file, this.configuration, this.words);
    const last = one("[data-alike-last]", this.form);
    last.replaceChildren();
    const before = this.alike;
    const found = this.#field("title").value.trim() ? await this.#askAlike(this.#field("title").value) : "";
    if (!found || found === before) return;
    const heading = document.createElement("h2");
    heading.textContent = one("[data-step=alike] legend", this.form).textContent;
    last.innerHTML = found;
    last.prepend(heading);
  }

  /**
   * The places that may be the same, as markup that the server made; "" where there are none, or no answer.
   * @param {string} title
   */
  async #askAlike(title) {
    const { lat, lon, kind, geometry } = this.#fields();
    const query = new URLSearchParams({ lat, lon, kind, title, lang: this.configuration.language });
    if (geometry) query.delete("title");
    const silence = new Promise((resolve) => setTimeout(() => resolve(""), PATIENCE));
    const asked = this.latest.ask(`${this.configuration.base}pin/alike?${query}`).catch(() => "");
    const found = String((await Promise.race([asked, silence])) ?? "").trim();
    const markup = found.includes("<li") ? found : "";
    if (!title) {
      this.alike = markup;
      one("[data-alike]", this.form).innerHTML = markup;
    }
    return markup;
  }

  /**
   * @param {number} to
   * @param {boolean} remember whether Back should lead here again
   */
  #show(to, remember) {
    this.now = Math.max(0, Math.min(to, this.steps.length - 1));
    if (remember) history.pushState({ step: this.now }, "");
    for (const [number, step] of this.steps.entries()) step.classList.toggle("current", number === this.now);
    const last = this.step === "check";
    document.body.dataset.stepNow = this.step;
    one("[data-map-part]").toggleAttribute("inert", this.step !== "where");
    one("[data-next]", this.form).hidden = last;
    one("[data-send]", this.form).hidden = !last;
    one("[data-back]", this.form).hidden = this.now === 0;
    one("#sheet").scrollTop = 0;
    this.where.refresh();
    this.where.mark(this.step === "where" ? "" : this.#fields().kind);
    const legend = one("legend", this.steps[this.now]);
    const values = { n: this.now + 1, all: this.steps.length, name: legend.textContent ?? "" };
    one("#heading").textContent = this.words.say("step", { ...values, name: this.configuration.title });
    if (remember || to) legend.focus({ preventScroll: true });
    announce(this.words.say("step", values));
  }

  /** Where the server's page came back with something wrong, the step that it is on. */
  #firstWrong() {
    const wrong = this.form.querySelector(".wrong:not(:empty)");
    const step = wrong?.closest("[data-step]");
    return step instanceof HTMLElement ? this.names.indexOf(step.dataset.step ?? "") : 0;
  }

  #changed() {
    this.written = true;
    this.save();
  }

  /** @returns {Record<string, string>} */
  #fields() {
    const pairs = [...new FormData(this.form).entries()].filter(([name]) => !OURS.has(name));
    return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
  }

  /** @param {Draft["state"]} [state] */
  async #keep(state = "begun") {
    if (!this.written) return null;
    const fields = this.#fields();
    /** @type {Draft} */
    const draft = {
      id: fields.place_id,
      city: this.configuration.city.slug,
      person: this.configuration.person,
      fields,
      photo: this.photo.file,
      photoName: this.photo.file?.name ?? "",
      state,
      why: "",
      step: this.step,
      at: Date.now(),
    };
    await keep(draft).catch(() => undefined); // a browser that keeps nothing can still send
    return draft;
  }

  /** Send it; without a network, or an account, it waits here. */
  async send() {
    const button = one("[data-send]", this.form);
    if (button.getAttribute("aria-busy") === "true") return;
    if (this.#fields().email?.trim() === "") {
      this.#refused([{ parameter: "email", detail: this.words.say("email_needed") }]);
      return;
    }
    button.setAttribute("aria-busy", "true");
    announce(this.words.say("sending"));
    this.written = true;
    const draft = await this.#keep("to send");
    if (!draft) return;
    const { base, language } = this.configuration;
    const sent = await send(draft, base, language);
    this.written = false;
    await settle(draft, sent).catch(() => undefined);
    button.removeAttribute("aria-busy");
    if (sent.state === "sent") location.assign(`${sent.url}?lang=${language}`);
    else if (sent.state === "sign in") this.#toSignIn();
    else if (sent.errors.length) this.#refused(sent.errors);
    else {
      const why = sent.state === "offline" ? this.words.say("offline_kept") : sent.why;
      this.#tell(why);
      await this.list.refresh();
    }
  }

  #toSignIn() {
    location.assign(`/login?${new URLSearchParams({ next: `${this.configuration.base}pin` })}`);
  }

  /**
   * Sign in instead of giving an address: the draft is sent after that.
   * @param {Event} event
   */
  async #signIn(event) {
    event.preventDefault();
    this.written = true;
    await this.#keep("sign in");
    this.written = false;
    this.#toSignIn();
  }

  /** @param {{parameter: string, detail: string}[]} errors */
  #refused(errors) {
    for (const old of all(".wrong:not([data-photo-wrong])", this.form)) old.remove();
    for (const field of all("[data-hint]", this.form)) {
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", field.dataset.hint ?? "");
      delete field.dataset.hint;
    }
    for (const { parameter, detail } of errors) {
      const field = this.form.elements.namedItem(parameter);
      const told = document.createElement("p");
      told.className = "wrong";
      told.id = `${parameter}-refused`;
      told.textContent = detail;
      if (field instanceof HTMLElement && field.getAttribute("type") !== "hidden") {
        field.after(told);
        field.setAttribute("aria-invalid", "true");
        field.dataset.hint = field.getAttribute("aria-describedby") ?? "";
        field.setAttribute("aria-describedby", `${field.dataset.hint} ${told.id}`.trim());
      } else one("legend", this.steps[this.names.indexOf(stepOf(parameter))] ?? this.steps[0]).after(told);
    }
    this.written = true;
    const to = this.names.indexOf(stepOf(errors[0].parameter));
    this.#show(to, to !== this.now);
    const first = this.form.querySelector("[data-hint]");
    first?.scrollIntoView({ block: "center" }); // not under the buttons at the foot
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
    announce(errors.map(({ detail }) => detail).join(" "));
  }

  /** @param {string} why */
  #tell(why) {
    let told = this.form.querySelector("[data-told]");
    if (!told) {
      told = document.createElement("div");
      told.className = "refusal";
      told.setAttribute("data-told", "");
      told.setAttribute("role", "alert");
      one("[data-steps-foot]", this.form).before(told);
    }
    told.textContent = why;
  }

  /** @param {Draft} draft */
  #restore(draft) {
    for (const [name, value] of Object.entries(draft.fields)) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof RadioNodeList) field.value = value;
      else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
      else if (field instanceof HTMLSelectElement) field.value = value;
    }
    this.where.restore(draft.fields);
    this.photo.restore(draft.photo, draft.photoName);
    this.written = true;
    const step = this.names.indexOf(draft.step);
    if (this.names[step] === "check") this.#prepareCheck();
    this.#show(Math.max(0, step), true);
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }
}
