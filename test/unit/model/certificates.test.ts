import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { inspectAuthorities, inspectCertificate } from "../../../src/model/certificates.ts";
import { makeAuthority, makeMismatched, makeSelfSigned } from "../../support/certificates.ts";

const notAfter = new Date("2030-01-01T00:00:00Z");
const authority = await makeAuthority();
const leaf = await authority.issue({ dnsNames: ["Shop.example.com", "*.example.org"], notAfter });

function refusal(certificate: string, key: string): string {
  const result = inspectCertificate(certificate, key);
  return result.kind === "refused" ? `${result.code} ${result.entry}` : "accepted";
}

describe("a certificate with its key", () => {
  it("tells its names and when it ends", () => {
    const result = inspectCertificate(leaf.certificate + authority.certificate, leaf.key);
    assert.equal(result.kind, "certificate");
    if (result.kind !== "certificate") return;
    assert.deepEqual(result.dnsNames, ["shop.example.com", "*.example.org"]);
    assert.equal(result.notAfter, notAfter.getTime());
    assert.ok(result.notBefore < result.notAfter);
  });

  it("is refused when it isn't PEM, or cut", () => {
    assert.equal(refusal("no certificate", leaf.key), "LB1360 certificate");
    assert.equal(refusal("", leaf.key), "LB1360 certificate");
    assert.equal(refusal(leaf.certificate.slice(0, 200), leaf.key), "LB1360 certificate");
    assert.equal(refusal(leaf.certificate.replace(/[A-Z]{3}/, ""), leaf.key), "LB1360 certificate");
    assert.equal(refusal(leaf.key, leaf.key), "LB1360 certificate");
  });

  it("is refused when the chain isn't in order", async () => {
    const other = await makeAuthority("Other CA");
    assert.equal(refusal(authority.certificate + leaf.certificate, leaf.key), "LB1361 certificate");
    assert.equal(refusal(leaf.certificate + other.certificate, leaf.key), "LB1361 certificate");
  });

  it("is refused when the key belongs to another", async () => {
    const { certificate, key } = await makeMismatched({ dnsNames: ["a.example.com"] });
    assert.equal(refusal(certificate, key), "LB1362 key");
  });

  it("is refused when the key can't be used", () => {
    const pem = { type: "pkcs8", format: "pem" } as const;
    const ed25519 = generateKeyPairSync("ed25519").privateKey.export(pem).toString();
    const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export(pem).toString();
    const curve = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey.export(pem).toString();
    const encrypted = generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase: "x" })
      .toString();
    assert.equal(refusal(leaf.certificate, "no key"), "LB1363 key");
    assert.equal(refusal(leaf.certificate, ed25519), "LB1363 key");
    assert.equal(refusal(leaf.certificate, small), "LB1363 key");
    assert.equal(refusal(leaf.certificate, curve), "LB1363 key");
    assert.equal(refusal(leaf.certificate, encrypted), "LB1364 key");
  });
});

it("authorities may stand in any order", async () => {
  const other = await makeSelfSigned({ dnsNames: ["x.example.com"], notAfter });
  const result = inspectAuthorities(authority.certificate + other.certificate);
  assert.equal(result.kind === "authorities" && result.notAfter, notAfter.getTime());
  assert.equal(inspectAuthorities("nothing").kind, "refused");
});
