/** Escapes and character classes of RE2's syntax. */

const POSIX_CLASSES: ReadonlySet<string> = new Set([
  ...["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph"],
  ...["lower", "print", "punct", "space", "upper", "word", "xdigit"],
]);

/** What one element of a character class is: a code point that can begin a range, or a set that can't. */
type Element = { readonly point: number } | "set" | { readonly fault: string };

export class Re2Escapes {
  protected readonly text: string;
  protected at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Matches a sticky expression here and goes on behind it. */
  protected take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const match = expression.exec(this.text);
    if (!match) return undefined;
    this.at = expression.lastIndex;
    return match;
  }

  /** An escape outside of brackets; returns what is wrong with it. */
  protected escape(): string | undefined {
    if (this.take(/\\[AzbBC]/y)) return undefined;
    const element = this.#escapedElement();
    return typeof element === "object" && "fault" in element ? element.fault : undefined;
  }

  /** [...]; returns what is wrong with it. */
  protected characterClass(): string | undefined {
    this.take(/\[\^?/y);
    let first = true;
    while (first || this.text[this.at] !== "]") {
      if (this.at >= this.text.length) return "a bracket isn't closed";
      const fault = this.#classElement();
      if (fault !== undefined) return fault;
      first = false;
    }
    this.at += 1;
    return undefined;
  }

  #classElement(): string | undefined {
    const named = this.take(/\[:\^?(.*?):\]/y);
    if (named) return POSIX_CLASSES.has(named[1] ?? "") ? undefined : `the class ${named[0]} isn't known`;
    const low = this.#point();
    if (low === "set") return undefined;
    if ("fault" in low) return low.fault;
    if (this.text[this.at] !== "-" || this.at + 1 >= this.text.length || this.text[this.at + 1] === "]")
      return undefined;
    this.at += 1;
    const high = this.#point();
    if (high === "set") return "a range ends with a class";
    if ("fault" in high) return high.fault;
    return low.point > high.point ? "a range ends before it starts" : undefined;
  }

  #point(): Element {
    if (this.text[this.at] === "\\") return this.#escapedElement();
    const point = this.text.codePointAt(this.at) ?? 0;
    this.at += point > 0xffff ? 2 : 1;
    return { point };
  }

  /** Escapes that mean the same inside of brackets and outside. */
  #escapedElement(): Element {
    if (this.take(/\\[dDsSwW]/y)) return "set";
    const property = this.take(/\\[pP](?:\{\^?([A-Za-z_]+)\}|([A-Z]))/y);
    if (property)
      return isUnicodeClass(property[1] ?? property[2] ?? "") ? "set" : { fault: `${property[0]} isn't known` };
    const hex = this.take(/\\x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/y);
    if (hex) {
      const point = Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
      return point <= 0x10ffff ? { point } : { fault: `${hex[0]} is no character` };
    }
    const octal = this.take(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
    if (octal) return { point: Number.parseInt(octal[1] ?? "", 8) };
    const control = this.take(/\\([aftnrv])/y);
    if (control) return { point: { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 }[control[1] ?? ""] ?? 0 };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: any ASCII character but letters and digits
    const plain = this.take(/\\([\x00-\x7f])(?<![A-Za-z0-9])/y);
    if (plain) return { point: plain[1]?.charCodeAt(0) ?? 0 };
    return { fault: faultOfEscape(this.text.slice(this.at, this.at + 2)) };
  }
}

function faultOfEscape(text: string): string {
  if (text === "\\") return "it ends with a backslash";
  if (/[1-9k]/.test(text)) return `back-references such as ${text} aren't supported`;
  return `the escape ${text} isn't known`;
}

/** General categories by their short names, and scripts. */
function isUnicodeClass(name: string): boolean {
  if (name === "Any") return true;
  try {
    new RegExp(name.length <= 2 ? `\\p{gc=${name}}` : `\\p{Script=${name}}`, "u");
    return true;
  } catch {
    return false;
  }
}
