/** The text of label selectors as tokens (the lexer of k8s.io/apimachinery, pkg/labels). */

export interface LabelToken {
  /** "word" also for `in` and `notin`, which are operators in one place only; "end" stands after the last. */
  readonly kind: "word" | "symbol" | "end";
  readonly text: string;
}

const TOKEN = /[ \t\r\n]*(?:(!=|==|[=!(),<>])|([^ \t\r\n=!(),<>]+))/y;

export function labelTokens(text: string): readonly LabelToken[] {
  const tokens: LabelToken[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, symbol, word] = match;
    tokens.push(symbol === undefined ? { kind: "word", text: word ?? "" } : { kind: "symbol", text: symbol });
  }
  tokens.push({ kind: "end", text: "" });
  return tokens;
}
