// Drafts, kept in this browser: what was written, with its photo, until it is sent.

/**
 * @typedef {object} Draft
 * @property {string} id the place's own identifier, so that sending twice is sending once
 * @property {string} city
 * @property {string} person who wrote it; "" for somebody who was not signed in
 * @property {Record<string, string>} fields
 * @property {Blob | null} photo
 * @property {string} photoName
 * @property {"begun" | "to send" | "sign in" | "refused"} state
 * @property {string} why what the server said where it refused
 * @property {string} step
 * @property {number} at milliseconds
 */

const NAME = "cortile";
const STORE = "drafts";

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function within(mode, ask) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      // "strict": on the disk before we say that it is kept.
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const asked = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @param {Draft} draft */
export function keep(draft) {
  return within("readwrite", (store) => store.put(draft));
}

/** @param {string} id */
export function forget(id) {
  return within("readwrite", (store) => store.delete(id));
}

/**
 * The drafts of a city, the newest first, but none of somebody else who used this browser.
 * @param {string} city
 * @param {string} person
 * @returns {Promise<Draft[]>}
 */
export async function drafts(city, person) {
  const all = /** @type {Draft[]} */ (await within("readonly", (store) => store.getAll()));
  const ours = all.filter((draft) => draft.city === city && (!draft.person || draft.person === person));
  return ours.sort((one, other) => other.at - one.at);
}
