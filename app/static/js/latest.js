// Questions of which only the last one counts.

/** Asks the server, and gives up the question before when a new one comes. */
export class Latest {
  /** @type {AbortController | null} */
  #running = null;

  /**
   * The whole answer; null where a newer question came before its end. Throws where the server cannot be reached
   * or refuses.
   * @param {string} address
   * @returns {Promise<string | null>}
   */
  async ask(address) {
    this.stop();
    const running = (this.#running = new AbortController());
    try {
      const answer = await fetch(address, { signal: running.signal });
      if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
      const text = await answer.text();
      return running.signal.aborted ? null : text;
    } catch (error) {
      if (running.signal.aborted) return null;
      throw error;
    }
  }

  /**
   * The same, for an answer in JSON.
   * @param {string} address
   * @returns {Promise<any>}
   */
  async askJson(address) {
    const text = await this.ask(address);
    return text === null ? null : JSON.parse(text);
  }

  /** Give up the question that is on its way. */
  stop() {
    this.#running?.abort();
  }
}

/**
 * The function, called once calls have stopped coming for a while.
 * @template {unknown[]} A
 * @param {(...given: A) => void} call
 * @param {number} milliseconds
 */
export function settled(call, milliseconds) {
  let timer = 0;
  return (/** @type {A} */ ...given) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => call(...given), milliseconds);
  };
}
