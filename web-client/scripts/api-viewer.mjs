// Puts the API viewer, swagger-ui, beside its page in dist/docs, with its licences.
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FROM = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));
const TO = fileURLToPath(new URL("../dist/docs/", import.meta.url));

const FILES = {
  "swagger-ui-bundle.js": "swagger-ui-bundle.js",
  "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
  "swagger-ui.css": "swagger-ui.css",
  LICENSE: "swagger-ui.LICENSE.txt",
  NOTICE: "swagger-ui.NOTICE.txt",
};

for (const [from, to] of Object.entries(FILES)) copyFileSync(join(FROM, from), join(TO, to));
