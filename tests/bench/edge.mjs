// The edge against Envoy in front of the same service, and against the service's own gRPC: requests per
// second, and per second of CPU. Measured in turns and printed, never asserted.
//
// `ROUNDS=9 REQUESTS=40000 node tests/bench/edge.mjs` takes longer and is steadier.

import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:http2";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { root } from "../clients/server.mjs";

const run = promisify(execFile);
const rounds = Number(process.env.ROUNDS ?? 5);
const requests = Number(process.env.REQUESTS ?? 20000);
const connections = 32;
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const envoyBinary = process.env.ENVOY ?? join(root, "tests/.venv/bin/envoy");
const folder = await mkdtemp(join(tmpdir(), "taskchat-bench-"));
const children = [];

// --- what runs ----------------------------------------------------------------------------------

/** The library, through the edge and alone. */
async function library() {
  const binary = join(target, "release/library-bench");
  const child = spawn(binary, [join(folder, "library.bin")], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const line = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${binary} ended with ${code}`)));
    createInterface({ input: child.stdout }).once("line", resolve);
  });
  const [edge, alone] = line.split(" ");
  return { pid: child.pid, edge: `http://${edge}`, alone: `http://${alone}` };
}

/** Envoy with its transcoder, printing as the edge does by default. */
async function envoy(upstream) {
  const socket_address = (url) => {
    const { hostname, port } = new URL(url);
    return { socket_address: { address: hostname, port_value: Number(port) } };
  };
  const filter = (name, type, more = {}) => ({
    name,
    typed_config: { "@type": `type.googleapis.com/envoy.extensions.filters.${type}`, ...more },
  });
  const transcoder = filter("transcoder", "http.grpc_json_transcoder.v3.GrpcJsonTranscoder", {
    proto_descriptor: join(folder, "library.bin"),
    services: ["library.v1.Library"],
  });
  const manager = filter("http", "network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "http",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "library" } }] }] },
    http_filters: [transcoder, filter("router", "http.router.v3.Router")],
  });
  const http2 = {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http2_protocol_options: {} },
  };
  const config = {
    admin: { address: socket_address("http://127.0.0.1:0") },
    static_resources: {
      listeners: [{ name: "in", address: socket_address("http://127.0.0.1:0"), filter_chains: [{ filters: [manager] }] }],
      clusters: [{
        name: "library",
        connect_timeout: "1s",
        load_assignment: { cluster_name: "library", endpoints: [{ lb_endpoints: [{ endpoint: { address: socket_address(upstream) } }] }] },
        typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2 },
      }],
    },
  };
  // Port 0 cannot be written with `new URL(..).port`, which is empty then.
  await writeFile(join(folder, "envoy.json"), JSON.stringify(config));
  const admin = join(folder, "admin");
  const options = ["--config-path", join(folder, "envoy.json"), "--admin-address-path", admin, "--disable-hot-restart", "--log-level", "error", "--concurrency", String(cpus().length)];
  const child = spawn(envoyBinary, options, { stdio: ["ignore", "ignore", "inherit"] });
  children.push(child);
  for (let tries = 0; tries < 300; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const address = await readFile(admin, "utf8").catch(() => "");
    const answer = address && (await fetch(`http://${address.trim()}/listeners?format=json`).catch(() => undefined));
    const listeners = answer && (await answer.json());
    const port = listeners?.listener_statuses?.[0]?.local_address?.socket_address?.port_value;
    if (port) return { pid: child.pid, url: `http://127.0.0.1:${port}` };
  }
  throw new Error("Envoy does not listen");
}

// --- what is asked ------------------------------------------------------------------------------

const name = "shelves/1/books/2";
const frame = (field) => {
  const message = Buffer.concat([Buffer.from([0x0a, field.length]), Buffer.from(field)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
await writeFile(join(folder, "title.bin"), frame(name));
await writeFile(join(folder, "page.bin"), frame("shelves/1"));

const server = await library();
const proxy = await envoy(server.alone);

const calls = {
  title: { rest: `/v1/${name}:title`, grpc: "/library.v1.Library/GetTitle", body: "title.bin" },
  page: { rest: "/v1/shelves/1/books", grpc: "/library.v1.Library/ListBooks", body: "page.bin" },
};

/** The ways to make a call: the arguments of h2load, and whose CPU it takes. */
const ways = (call) => {
  const grpc = (type) => ["-d", join(folder, call.body), "-H", `content-type: ${type}`, "-H", "te: trailers"];
  return {
    "REST, edge": { args: ["--h1", server.edge + call.rest], pids: [server.pid] },
    "REST, Envoy": { args: ["--h1", proxy.url + call.rest], pids: [server.pid, proxy.pid] },
    "gRPC, service alone": { args: [...grpc("application/grpc"), server.alone + call.grpc], pids: [server.pid] },
    "gRPC, edge": { args: [...grpc("application/grpc"), server.edge + call.grpc], pids: [server.pid] },
    "gRPC-Web, edge": { args: [...grpc("application/grpc-web+proto"), server.edge + call.grpc], pids: [server.pid] },
  };
};

// --- measuring ----------------------------------------------------------------------------------

const ticks = 100;
/** Seconds of CPU that processes have taken so far. */
const cpu = (pids) => {
  const times = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  });
  return times.reduce((a, b) => a + b, 0);
};

async function load(way, count, clients = connections, more = []) {
  const before = cpu(way.pids);
  const { stdout } = await run("h2load", ["-n", String(count), "-c", String(clients), "-m", "1", "-t", "1", ...more, ...way.args]);
  const spent = cpu(way.pids) - before;
  const succeeded = Number(/(\d+) 2xx/.exec(stdout)?.[1] ?? 0);
  if (succeeded !== count) throw new Error(`${succeeded} of ${count} succeeded: ${way.args.join(" ")}\n${stdout}`);
  const perSecond = Number(/finished in [^,]+, ([\d.]+) req\/s/.exec(stdout)[1]);
  return { perSecond, perCpu: count / spent };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The median time of a call on one connection, in microseconds. */
async function latency(way, count) {
  const log = join(folder, "log.tsv");
  await rm(log, { force: true });
  await load(way, count, 1, [`--log-file=${log}`]);
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  return median(lines.map((line) => Number(line.split("\t")[2])));
}

/** What both ways answer is the same, or the rest would be worth nothing. */
async function check() {
  for (const call of Object.values(calls)) {
    const [ours, theirs] = await Promise.all([server.edge, proxy.url].map((base) => fetch(base + call.rest).then((answer) => answer.json())));
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Error(`the edge and Envoy differ on ${call.rest}`);
    const session = connect(server.edge);
    const stream = session.request({ ":method": "POST", ":path": call.grpc, "content-type": "application/grpc", te: "trailers" });
    const status = new Promise((resolve, reject) => {
      stream.on("trailers", (trailers) => resolve(trailers["grpc-status"]));
      stream.on("error", reject);
    });
    stream.resume();
    stream.end(await readFile(join(folder, call.body)));
    if ((await status) !== "0") throw new Error(`${call.grpc}: ${await status}`);
    session.close();
  }
}

try {
  await check();
  console.log(`${cpus().length} x ${cpus()[0].model}, load ${loadavg().map((load) => load.toFixed(1)).join(" ")}; ${rounds} rounds of ${requests} requests, ${connections} connections, medians`);
  for (const [what, call] of Object.entries(calls)) {
    const count = what === "page" ? Math.ceil(requests / 4) : requests;
    const all = Object.entries(ways(call)).map(([label, way]) => ({ label, way, perSecond: [], perCpu: [], time: [] }));
    for (const { way } of all) await load(way, Math.ceil(count / 4));
    for (let round = 0; round < rounds; round += 1) {
      for (const row of all) {
        const seen = await load(row.way, count);
        row.perSecond.push(seen.perSecond);
        row.perCpu.push(seen.perCpu);
      }
      for (const row of all) row.time.push(await latency(row.way, Math.ceil(count / 10)));
    }
    console.log(`\n${what.padEnd(22)} ${"req/s".padStart(9)} ${"req/CPU s".padStart(10)} ${"median, 1 conn.".padStart(16)}`);
    for (const row of all) {
      console.log(`${row.label.padEnd(22)} ${median(row.perSecond).toFixed(0).padStart(9)} ${median(row.perCpu).toFixed(0).padStart(10)} ${`${median(row.time).toFixed(0)} us`.padStart(16)}`);
    }
    const of = (label) => all.find((row) => row.label === label);
    // Each round has its own neighbours on the machine: ratios are made within it.
    const ratio = (a, b, key) => median(of(a)[key].map((value, round) => value / of(b)[key][round]));
    const tell = (text, value, goal) => console.log(`${text.padEnd(52)} ${value.padStart(8)}   goal ${goal}`);
    tell("REST edge / REST Envoy, per CPU second", ratio("REST, edge", "REST, Envoy", "perCpu").toFixed(2), ">= 2.5");
    tell("REST edge / native gRPC, per second", ratio("REST, edge", "gRPC, service alone", "perSecond").toFixed(2), what === "page" ? ">= 0.7" : ">= 1.0");
    tell("REST edge / native gRPC, per CPU second", ratio("REST, edge", "gRPC, service alone", "perCpu").toFixed(2), "-");
    tell("gRPC-Web / gRPC through the edge, per second", ratio("gRPC-Web, edge", "gRPC, edge", "perSecond").toFixed(2), ">= 0.9");
    tell("gRPC-Web / native gRPC, per second", ratio("gRPC-Web, edge", "gRPC, service alone", "perSecond").toFixed(2), ">= 0.9");
    const added = median(of("REST, edge").time.map((time, round) => time - of("gRPC, service alone").time[round]));
    tell("added median latency, REST edge over native gRPC", `${added.toFixed(0)} us`, what === "page" ? "-" : "< 100 us");
  }
} finally {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true, force: true });
}
