/** The one logger. Lines go to a file, to standard error, or to wherever `write` leads. */
import { closeSync, openSync, writeSync } from "node:fs";
import { redact } from "./redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Plain values only; secrets are taken out by name and by shape (redact.ts). An Error becomes its message and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same logger with these fields on every line; `component` says which part speaks. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Less important lines are left out. */
  readonly level: LogLevel;
  /** json: one object a line, for machines. human: for a terminal. */
  readonly format: "json" | "human";
  /** Takes one whole line with its line end. */
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

export function createLogger(options: LoggerOptions, fixed: LogFields = {}): Logger {
  const format = options.format === "json" ? jsonLine : humanLine;
  const now = options.now ?? (() => new Date());
  const least = LOG_LEVELS.indexOf(options.level);
  const log = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (LOG_LEVELS.indexOf(level) < least) return;
    const safe = redact(plain({ ...fixed, ...fields })) as Record<string, unknown>;
    options.write(format(now(), level, String(redact(message)), safe));
  };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (fields) => createLogger(options, { ...fixed, ...fields }),
  };
}

/** JSON lines to a pipe or a service manager, human lines to a terminal. */
export function stderrLogger(level: LogLevel): Logger {
  const format = process.stderr.isTTY ? "human" : "json";
  return createLogger({ level, format, write: (line) => process.stderr.write(line) });
}

/**
 * Appends JSON lines to a file that only its owner may read. A full disk loses lines, never the process.
 * Throws what opening the file throws.
 */
export function fileLogger(path: string, level: LogLevel): Logger & Disposable {
  const file = openSync(path, "a", 0o600);
  const write = (line: string) => {
    try {
      writeSync(file, line);
    } catch {
      // There is nowhere left to say it.
    }
  };
  return { ...createLogger({ level, format: "json", write }), [Symbol.dispose]: () => closeSync(file) };
}

function jsonLine(time: Date, level: LogLevel, message: string, fields: LogFields): string {
  return `${JSON.stringify({ ...fields, time: time.toISOString(), level, message })}\n`;
}

function humanLine(time: Date, level: LogLevel, message: string, { component, ...fields }: LogFields): string {
  const clock = time.toISOString().slice(11, 23);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${humanValue(value)}`);
  return `${clock} ${level.padEnd(5)} ${component === undefined ? "" : `${String(component)}: `}${message}${rest.join("")}\n`;
}

function humanValue(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** What JSON can't carry: errors, big integers, circles. */
function plain(fields: LogFields): unknown {
  const above: unknown[] = [];
  const copy = (value: unknown): unknown => {
    if (typeof value === "bigint") return value.toString();
    if (value instanceof Error)
      return { message: value.message, stack: value.stack, ...(value.cause ? { cause: copy(value.cause) } : {}) };
    if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
    if (typeof value !== "object" || value === null) return value;
    if (above.includes(value)) return "[circle]";
    above.push(value);
    const copied = Array.isArray(value)
      ? value.map(copy)
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
    above.pop();
    return copied;
  };
  return copy(fields);
}
