// What draws the text of answers, loaded beside the first conversation; until then it stands as it was written.

import { later } from "../parts/later";

const plain = ({ text }: { readonly text: string }) => <p className="whitespace-pre-wrap">{text}</p>;

export const Markdown = later(async () => (await import("../../markdown/Markdown")).default, plain, plain);
