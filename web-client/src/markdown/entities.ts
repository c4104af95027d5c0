// Named characters ("&amp;") for the markdown parser, in place of its own browser module: that one
// asks `innerHTML`, which Trusted Types forbid. Names not listed stay as they were written.

const NAMED: Readonly<Record<string, string>> = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", shy: "\u00ad",
  ensp: "\u2002", emsp: "\u2003", thinsp: "\u2009", zwnj: "\u200c", zwj: "\u200d",
  ndash: "–", mdash: "—", hellip: "…", bull: "•", middot: "·", lsquo: "‘", rsquo: "’",
  sbquo: "‚", ldquo: "“", rdquo: "”", bdquo: "„", laquo: "«", raquo: "»", lsaquo: "‹",
  rsaquo: "›", prime: "′", Prime: "″", copy: "©", reg: "®", trade: "™", deg: "°", para: "¶",
  sect: "§", dagger: "†", Dagger: "‡", permil: "‰", cent: "¢", pound: "£", yen: "¥", euro: "€",
  curren: "¤", micro: "µ", plusmn: "±", times: "×", divide: "÷", minus: "−", ne: "≠", le: "≤",
  ge: "≥", asymp: "≈", equiv: "≡", infin: "∞", radic: "√", sum: "∑", prod: "∏", int: "∫",
  part: "∂", nabla: "∇", isin: "∈", notin: "∉", cap: "∩", cup: "∪", sub: "⊂", sup: "⊃",
  and: "∧", or: "∨", not: "¬", forall: "∀", exist: "∃", empty: "∅", sup1: "¹", sup2: "²",
  sup3: "³", frac12: "½", frac14: "¼", frac34: "¾", larr: "←", uarr: "↑", rarr: "→", darr: "↓",
  harr: "↔", rArr: "⇒", lArr: "⇐", hArr: "⇔", check: "✓", cross: "✗", star: "☆", hearts: "♥",
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", lambda: "λ", mu: "μ", pi: "π",
  sigma: "σ", tau: "τ", phi: "φ", omega: "ω", Delta: "Δ", Sigma: "Σ", Omega: "Ω",
  auml: "ä", ouml: "ö", uuml: "ü", Auml: "Ä", Ouml: "Ö", Uuml: "Ü", szlig: "ß", agrave: "à",
  aacute: "á", acirc: "â", atilde: "ã", aring: "å", aelig: "æ", ccedil: "ç", egrave: "è",
  eacute: "é", ecirc: "ê", euml: "ë", iacute: "í", icirc: "î", iuml: "ï", ntilde: "ñ",
  ograve: "ò", oacute: "ó", ocirc: "ô", oslash: "ø", oelig: "œ", ugrave: "ù", uacute: "ú",
  ucirc: "û", commat: "@", num: "#", ast: "*", lowbar: "_", grave: "`", lbrack: "[",
  rbrack: "]", lpar: "(", rpar: ")", lbrace: "{", rbrace: "}", vert: "|", sol: "/", bsol: "\\",
  colon: ":", semi: ";", comma: ",", period: ".", excl: "!", quest: "?", equals: "=", plus: "+",
  dollar: "$", percnt: "%", hyphen: "‐", NewLine: "\n", Tab: "\t",
};

export function decodeNamedCharacterReference(name: string): string | false {
  return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? false) : false;
}
