// Long work in short pieces, between which the page answers.

const SLICE = 10; // milliseconds: a drag stays smooth, and a task of 50 is far

/**
 * Do something with each item; the page draws and hears in between. Gives false where `wanted` said no.
 * @template T
 * @param {Iterable<T>} items
 * @param {(item: T) => void} work
 * @param {() => boolean} wanted asked after each pause: whether to go on
 * @param {() => Promise<unknown>} [pause]
 */
export async function inSlices(items, work, wanted, pause = breath) {
  let began = performance.now();
  for (const item of items) {
    if (performance.now() - began > SLICE) {
      await pause();
      if (!wanted()) return false;
      began = performance.now();
    }
    work(item);
  }
  return true;
}

function breath() {
  return new Promise((go) => setTimeout(go));
}
