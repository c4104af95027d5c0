// A model that says what a test tells it, in chunks that wait for each other: enough of an
// OpenAI-compatible server to see a reply appear while it is being said.

import { createServer } from "node:http";

/** Starts it. `model.say(...)` lines up answers; each is a list of steps. */
export async function startModel() {
  const answers = [];
  const requests = [];
  /** While `broken`, every answer is cut off in the middle. */
  const model = { broken: false };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      requests.push(JSON.parse(body));
      response.writeHead(200, { "content-type": "text/event-stream" });
      void play(model.broken ? [says("I am about "), { cut: true }] : (answers.shift() ?? text("I have nothing to say.")), response);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(model, {
    requests,
    say: (...scripts) => answers.push(...scripts),
    /** What the server under test is started with. */
    env: {
      TASKCHAT_MODEL__PROVIDER: "openai",
      OPENAI_API_KEY: "sk-scripted",
      OPENAI_BASE_URL: `http://127.0.0.1:${server.address().port}/v1`,
      OPENAI_MODEL: "scripted-1",
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return model;
}

async function play(steps, response) {
  for (const step of steps) {
    if (typeof step === "function") await step();
    else if (step.cut) return response.destroy();
    else response.write(`data: ${JSON.stringify(step)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

const chunk = (delta, finish_reason = null) => ({
  id: "scripted",
  object: "chat.completion.chunk",
  created: 1,
  model: "scripted-1",
  choices: [{ index: 0, delta, finish_reason }],
});

/** A piece of text. */
export const says = (content) => chunk({ content });
/** The orderly end. */
export const stops = chunk({}, "stop");
/** A whole text. */
export const text = (content) => [says(content), stops];
/** A tool call. */
export const calls = (name, args) => [
  chunk({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name, arguments: JSON.stringify(args) } }] }),
  chunk({}, "tool_calls"),
];

/** Something to wait for: `await gate.passed` inside an answer, `gate.open()` in the test. */
export function gate() {
  let open;
  const passed = new Promise((resolve) => (open = resolve));
  return { open, wait: () => passed };
}
