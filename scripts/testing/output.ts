/** "0.3 s" */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "      ");
}
