// A bad network: a door in front of the server whose connections can be cut.

import { createConnection, createServer } from "node:net";

/** Listens before `server`. `cut()` ends every connection that is open, `down` refuses new ones. */
export async function startWire(server) {
  const [host, port] = server.address.split(":");
  const open = new Set();
  const wire = { down: false };
  const door = createServer((near) => {
    if (wire.down) return near.destroy();
    const far = createConnection({ host, port: Number(port) });
    for (const [from, to] of [[near, far], [far, near]]) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((resolve) => door.listen(0, "127.0.0.1", resolve));
  return Object.assign(wire, {
    url: `http://127.0.0.1:${door.address().port}`,
    cut() {
      for (const socket of open) socket.destroy();
    },
    async stop() {
      this.cut();
      await new Promise((resolve) => door.close(resolve));
    },
  });
}

/** A small repeatable source of chance (mulberry32). */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
