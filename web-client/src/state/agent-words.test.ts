// @vitest-environment node
// Browsers by the names that people know.

import { describe, expect, it } from "vitest";
import { agentWords, isHandheld } from "./agent-words";

const LINUX = "Mozilla/5.0 (X11; Linux x86_64)";
const GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("agentWords", () => {
  it.each([
    [`${LINUX} ${GECKO} Chrome/156.0.0.0 Safari/537.36`, "Chrome on Linux"],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${GECKO} Chrome/156.0.0.0 Safari/537.36 Edg/156.0`, "Edge on Windows"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Mac"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"],
    ["curl/8.5.0", "curl"],
    ["grpc-node-js/1.12.0", "grpc-node-js"],
    ["", "An unknown program"],
  ])("%s is %s", (agent, words) => {
    expect(agentWords(agent)).toBe(words);
  });

  it("tells phones", () => {
    expect(isHandheld("Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/156 Mobile Safari/537.36")).toBe(true);
    expect(isHandheld(`${LINUX} Chrome/156`)).toBe(false);
  });
});
