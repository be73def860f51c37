// Scans that wait to be sent: numbered, kept in IndexedDB, sent in order, one at a time.
"use strict";
class ScanQueue {
  constructor(name) {
    this.memory = [];  // used when the browser keeps nothing (private windows)
    this.next = 1;
    this.ready = new Promise((resolve) => {
      let request;
      try {
        request = indexedDB.open(name, 1);
      } catch (refused) {
        return resolve(null);
      }
      request.onupgradeneeded = () => request.result.createObjectStore("scans", { keyPath: "seq", autoIncrement: true });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    });
  }
  async run(mode, work) {
    const db = await this.ready;
    if (!db) return null;
    return new Promise((resolve, reject) => {
      const transaction = db.transaction("scans", mode);
      const request = work(transaction.objectStore("scans"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
  async add(scan) {
    if (!(await this.ready)) {
      this.memory.push(Object.assign({ seq: this.next++ }, scan));
      return;
    }
    await this.run("readwrite", (store) => store.add(scan));
  }
  async all() {
    if (!(await this.ready)) return this.memory.slice();
    return this.run("readonly", (store) => store.getAll());
  }
  async remove(seq) {
    if (!(await this.ready)) {
      this.memory = this.memory.filter((scan) => scan.seq !== seq);
      return;
    }
    await this.run("readwrite", (store) => store.delete(seq));
  }
}
