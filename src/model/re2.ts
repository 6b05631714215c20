/**
 * Whether a regular expression can run in RE2, Envoy's engine (github.com/google/re2/wiki/Syntax). What RE2 refuses
 * would be refused by Envoy, with all that was sent along; here it is one field's mistake.
 */
import type { Mistake } from "./mistake.ts";
import { Re2Escapes } from "./re2-escapes.ts";
import { quote } from "./value-description.ts";

/** RE2 refuses more repetitions than this, nested ones multiplied. */
const MAX_REPEAT = 1000;
const MAX_NESTED_GROUPS = 1000;

export function checkRe2(pattern: string): Mistake | undefined {
  const fault = pattern.isWellFormed() ? new Re2Scanner(pattern).scan() : "it has half of a surrogate pair in it";
  if (fault === undefined) return undefined;
  return {
    code: "LB1210",
    message: `the expression ${quote(pattern)} isn't RE2: ${fault}`,
    hint: "Envoy's expressions have no look-around and no back-references, and always match the whole value.",
  };
}

/** What is known of an open group, or of the whole expression. */
interface Group {
  /** The largest number of repetitions inside, nested ones multiplied. */
  repeats: number;
}

/** Reads an expression once from left to right. Its methods return what is wrong, or undefined. */
class Re2Scanner extends Re2Escapes {
  readonly #groups: Group[] = [{ repeats: 1 }];
  readonly #names = new Set<string>();
  /** What a repetition sign here would repeat: how often that repeats something itself; 0 for nothing. */
  #operand = 0;

  scan(): string | undefined {
    while (this.at < this.text.length) {
      const fault = this.#next();
      if (fault !== undefined) return fault;
    }
    return this.#groups.length > 1 ? "a parenthesis isn't closed" : undefined;
  }

  #next(): string | undefined {
    switch (this.text[this.at]) {
      case "(":
        return this.#openGroup();
      case ")":
        return this.#closeGroup();
      case "|":
        this.at += 1;
        this.#operand = 0;
        return undefined;
      case "[":
        this.#operand = 1;
        return this.characterClass();
      case "\\":
        return this.#escapeOrQuote();
      case "*":
      case "+":
      case "?":
        return this.#repeat(1, 1);
      case "{":
        return this.#countedRepeat();
      default:
        this.at += 1;
        this.#operand = 1;
        return undefined;
    }
  }

  #openGroup(): string | undefined {
    // Flags for the rest of the surrounding group open none themselves.
    if (this.take(/\(\?(?:[imsU]*|[imsU]*-[imsU]+)\)/y)) return undefined;
    this.#operand = 0;
    const named = this.take(/\(\?P?<([A-Za-z0-9_]+)>/y);
    if (named) {
      const name = named[1] ?? "";
      if (this.#names.has(name)) return `two groups have the name ${name}`;
      this.#names.add(name);
      return this.#push();
    }
    if (this.take(/\(\?(?:[imsU]*|[imsU]*-[imsU]+):/y)) return this.#push();
    const look = this.take(/\(\?<?[=!]/y);
    if (look) return `look-around, ${look[0]}...), isn't supported`;
    const unknown = this.take(/\(\?.?.?/y);
    if (unknown) return `groups that start with ${unknown[0]} aren't known`;
    this.at += 1;
    return this.#push();
  }

  #push(): string | undefined {
    this.#groups.push({ repeats: 1 });
    return this.#groups.length > MAX_NESTED_GROUPS ? "groups are nested too deeply" : undefined;
  }

  #closeGroup(): string | undefined {
    if (this.#groups.length === 1) return "a closing parenthesis has no opening one";
    this.at += 1;
    const inner = this.#groups.pop()?.repeats ?? 1;
    this.#raise(inner);
    this.#operand = inner;
    return undefined;
  }

  #escapeOrQuote(): string | undefined {
    const quoted = this.take(/\\Q([\s\S]*?)(?:\\E|$)/y);
    if (!quoted) {
      this.#operand = 1;
      return this.escape();
    }
    if (quoted[1] !== "") this.#operand = 1;
    return undefined;
  }

  #countedRepeat(): string | undefined {
    const counted = /\{(\d+)(,(\d*))?\}/y;
    counted.lastIndex = this.at;
    const match = counted.exec(this.text);
    if (!match) {
      this.at += 1;
      this.#operand = 1;
      return undefined;
    }
    const from = Number(match[1]);
    const to = match[3] === undefined || match[3] === "" ? from : Number(match[3]);
    if (from > MAX_REPEAT || to > MAX_REPEAT) return `${match[0]} repeats more than ${MAX_REPEAT} times`;
    if (to < from) return `${match[0]} ends before it starts`;
    return this.#repeat(match[0].length, Math.max(1, to));
  }

  #repeat(length: number, times: number): string | undefined {
    if (this.#operand === 0) return `${this.text.slice(this.at, this.at + length)} has nothing to repeat`;
    const repeats = this.#operand * times;
    if (times > 1 && repeats > MAX_REPEAT) return `nested repetitions come to more than ${MAX_REPEAT}`;
    this.#raise(repeats);
    this.at += length;
    if (this.text[this.at] === "?") this.at += 1;
    // RE2 takes a** for a mistake.
    this.#operand = 0;
    return undefined;
  }

  #raise(repeats: number): void {
    const group = this.#groups.at(-1);
    if (group) group.repeats = Math.max(group.repeats, repeats);
  }
}
