// Sentences, numbers and distances as the reader writes them. Pure.

/** Speaks the language of the page, in the sentences that the server gave it. */
export class Words {
  /**
   * @param {Record<string, string>} messages
   * @param {string} language
   */
  constructor(messages, language) {
    this.messages = messages;
    this.language = language;
    this.plural = new Intl.PluralRules(language);
  }

  /**
   * The message with its {names} filled in; the key itself where there is no such message.
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  say(key, values = {}) {
    return (this.messages[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }

  /**
   * The message in the plural form that `n` asks for.
   * @param {string} key
   * @param {number} n
   * @param {Record<string, string | number>} [values]
   */
  count(key, n, values = {}) {
    const form = this.plural.select(n) === "one" ? "one" : "other";
    return this.say(`${key}_${form}`, { n: this.number(n), ...values });
  }

  /**
   * How many were found, with sentences of their own for none and for as many as anybody counts.
   * @param {string} key
   * @param {number} n
   * @param {number} most
   * @param {Record<string, string | number>} values
   */
  amount(key, n, most, values) {
    if (n === 0) return this.say(`${key}_none`, values);
    if (n >= most) return this.say(`${key}_many`, { n: this.number(most), ...values });
    return this.count(key, n, values);
  }

  /**
   * @param {number} value
   * @param {number} [decimals]
   */
  number(value, decimals = 0) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: true };
    const shown = Number(value.toFixed(decimals)) + 0; // never "-0"
    return new Intl.NumberFormat(this.language, digits).format(Object.is(shown, 0) ? 0 : value);
  }

  /**
   * A number short enough for a disc on the map: 999, 1.2k, 350k, 1M.
   * @param {number} value
   */
  short(value) {
    if (value < 1000) return String(value);
    const million = value >= 999_500;
    const scaled = million ? value / 1e6 : value / 1e3;
    const decimals = scaled < 9.95 && Math.round(scaled * 10) % 10 !== 0 ? 1 : 0;
    return `${this.number(scaled, decimals)}${million ? "M" : "k"}`;
  }

  /**
   * About how far: metres up to a kilometre, kilometres above.
   * @param {number} metres
   */
  distance(metres) {
    if (metres < 1000) return `${this.number(Math.max(1, Math.round(metres)))} m`;
    return `${this.number(metres / 1000, metres < 10_000 ? 1 : 0)} km`;
  }
}
