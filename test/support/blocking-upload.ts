/**
 * A client as simple as they come, in a process of its own: it writes a whole body, and only then looks for an answer. Node's
 * own reads while it writes, and so doesn't lose what a server says too early.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { ApiEndpoint } from "../../src/control/resource-api.ts";

const PROGRAM = `
import socket, ssl, sys
port, ca, head, megabytes, chunked = sys.argv[1:]
connection = ssl.create_default_context(cafile=ca).wrap_socket(
    socket.create_connection(("127.0.0.1", int(port)), timeout=15), server_hostname="localhost")
connection.sendall(head.encode())
block = b"x" * 1048576
part = b"100000\\r\\n" + block + b"\\r\\n" if chunked == "yes" else block
try:
    for _ in range(int(megabytes)):
        connection.sendall(part)
    if chunked == "yes":
        connection.sendall(b"0\\r\\n\\r\\n")
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
except OSError as error:
    sys.exit(f"{type(error).__name__}: {error}")
sys.stdout.write(received.decode())
`;

export interface BlockingUpload {
  /** All of the request before its body, with the empty line. */
  readonly head: string;
  readonly megabytes: number;
  readonly isChunked: boolean;
  /** For the file with the authority. */
  readonly folder: string;
}

/** @returns all that the server sent; throws when the connection broke off before */
export async function blockingUpload({ url, caPem }: ApiEndpoint, upload: BlockingUpload): Promise<string> {
  const ca = join(upload.folder, "upload-ca.pem");
  writeFileSync(ca, caPem);
  const { head, megabytes, isChunked } = upload;
  const args = ["-c", PROGRAM, new URL(url).port, ca, head, String(megabytes), isChunked ? "yes" : "no"];
  const child = spawn("python3", args, { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (err !== "") throw new Error(err);
  return out;
}
