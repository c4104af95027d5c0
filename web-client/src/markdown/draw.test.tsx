// What a model's markdown becomes in the page, and what it cannot become.

import { render, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import Markdown from "./Markdown";

const html = (text: string) => render(<Markdown text={text} streaming={false} />).container;

describe("Markdown", () => {
  it("draws what chat needs", () => {
    const page = html(
      "# One\n\nA **b** *c* ~~d~~ `e`\\\nf\n\n1. x\n2. y\n   - z\n\n> q\n\n| h |\n|---|\n| c<br>d |\n\n- [x] done\n- [ ] open\n\n```\ncode\n```\n\n---\n",
    );
    expect(page.querySelector("h3")?.textContent).toBe("One");
    for (const tag of ["strong", "em", "del", "p code", "br", "ol li ul li", "blockquote", "td br", "pre code", "hr"]) {
      expect(page.querySelector(tag), tag).not.toBeNull();
    }
    expect([...page.querySelectorAll("[role=img]")].map((each) => each.getAttribute("aria-label"))).toEqual(["Done: ", "Open: "]);
    // Tight lists have no paragraphs.
    expect(page.querySelector("ol p")).toBeNull();
  });

  it("shows where links lead", () => {
    const page = html("[bank](https://evil.example/x) https://example.org/a and [me](mailto:a@b.c) [ref][1]\n\n[1]: https://ref.example");
    const links = [...page.querySelectorAll("a")];
    expect(links.map((link) => link.textContent)).toEqual([
      "bank (https://evil.example/x)",
      "https://example.org/a",
      "me (mailto:a@b.c)",
      "ref (https://ref.example)",
    ]);
    expect(links.every((link) => link.rel.includes("noopener") && link.target === "_blank")).toBe(true);
  });

  it("knows bare addresses", () => {
    const page = html("www.example.org, see https://example.org/x_y?z=1. Ask ada@example.org (http://a.example)!");
    expect([...page.querySelectorAll("a")].map((link) => link.getAttribute("href"))).toEqual([
      "http://www.example.org",
      "https://example.org/x_y?z=1",
      "mailto:ada@example.org",
      "http://a.example",
    ]);
  });

  it("keeps what is finished as it is, while the rest comes and when it ends", () => {
    const text = "# Title\n\n- a\n- b\n\n```js\nlet a;\n\nlet b;\n```\n\nThe end.";
    const page = render(<Markdown text="# Title\n\n" streaming />);
    const title = page.container.querySelector("h3");
    for (let length = 10; length <= text.length; length += 1) {
      page.rerender(<Markdown text={text.slice(0, length)} streaming />);
    }
    const code = page.container.querySelector("pre");
    page.rerender(<Markdown text={text} streaming={false} />);
    expect(page.container.querySelector("h3")).toBe(title);
    expect(page.container.querySelector("pre")).toBe(code);
    expect(page.container.textContent).toBe(html(text).textContent);
  });

  it("colours code of languages it knows, as elements", async () => {
    const code = 'const tag = "<img src=x onerror=alert(1)>"; // <script>';
    const page = html(`\`\`\`ts\n${code}\n\`\`\`\n\n\`\`\`klingon\nqapla\n\`\`\``);
    await waitFor(() => expect(page.querySelector(".hljs-keyword")?.textContent).toBe("const"), { timeout: 5000 });
    const [first, second] = page.querySelectorAll("pre");
    expect(first?.textContent).toBe(code);
    expect(page.querySelector("img,script")).toBeNull();
    expect([second?.textContent, second?.querySelector("span")]).toEqual(["qapla", null]);
  });

  it("loads no image", () => {
    const page = html("![cat](https://evil.example/cat.png) ![](https://evil.example/x.gif)");
    expect(page.querySelector("img")).toBeNull();
    expect(page.querySelector("a")?.textContent).toBe("cat (https://evil.example/cat.png)");
  });

  it("reads named characters without the browser's parser", () => {
    expect(html("&lt;b&gt; &amp; &copy; &notanentity; &#233; &mdash;").textContent).toBe("<b> & © &notanentity; é —");
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <iframe src='https://evil.example'></iframe>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input></form>",
    "`<img src=x onerror=alert(1)>`",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>1</script> |",
    "<!-- comment --> <?php ?> <![CDATA[x]]>",
    "[//evil.example](//evil.example)",
  ])("leaves %j inert", (text) => {
    const page = html(text);
    expect(page.querySelector("script,img,iframe,svg,style,form,input,object,embed")).toBeNull();
    for (const each of page.querySelectorAll("*")) {
      for (const { name, value } of each.attributes) {
        expect(name.startsWith("on")).toBe(false);
        if (name === "href") expect(value).toMatch(/^(https?:\/\/|mailto:)/);
      }
    }
  });
});
