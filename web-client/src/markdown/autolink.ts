// Bare addresses in a text ("https://…", "www.…", a@b.c) as links of its syntax tree, where the tokenizer
// finds them. The usual module also searches the finished text once more, at 2 kB.

import type { Extension } from "mdast-util-from-markdown";

export const bareLinks: Extension = {
  enter: {
    literalAutolink(token) {
      this.enter({ type: "link", title: null, url: "", children: [] }, token);
    },
    literalAutolinkEmail: enterAddress,
    literalAutolinkHttp: enterAddress,
    literalAutolinkWww: enterAddress,
  },
  exit: {
    literalAutolink(token) {
      this.exit(token);
    },
    literalAutolinkEmail(token) {
      this.config.exit["autolinkEmail"]?.call(this, token);
    },
    literalAutolinkHttp(token) {
      this.config.exit["autolinkProtocol"]?.call(this, token);
    },
    literalAutolinkWww(token) {
      this.config.exit["data"]?.call(this, token);
      const link = this.stack.at(-1);
      if (link?.type === "link") link.url = `http://${this.sliceSerialize(token)}`;
    },
  },
};

type Handle = NonNullable<NonNullable<Extension["enter"]>[string]>;

function enterAddress(this: ThisParameterType<Handle>, token: Parameters<Handle>[0]): void {
  this.config.enter["autolinkProtocol"]?.call(this, token);
}
