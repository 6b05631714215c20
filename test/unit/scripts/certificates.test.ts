import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import test from "node:test";
import { makeAuthority, makeExpired, makeMismatched } from "../../support/certificates.ts";

test("an authority's leaf verifies against it and carries its names", async () => {
  const authority = await makeAuthority();
  const pair = await authority.issue({
    dnsNames: ["shop.example"],
    ipAddresses: ["127.0.1.1"],
    uris: ["spiffe://shop.example/front"],
  });
  const leaf = new X509Certificate(pair.certificate);
  const issuer = new X509Certificate(authority.certificate);
  assert.ok(leaf.verify(issuer.publicKey));
  assert.ok(leaf.checkIssued(issuer));
  assert.ok(leaf.checkPrivateKey(createPrivateKey(pair.key)));
  assert.equal(leaf.subjectAltName, "DNS:shop.example, IP Address:127.0.1.1, URI:spiffe://shop.example/front");
});

test("an expired certificate has expired, and still fits its key", async () => {
  const pair = await makeExpired({ dnsNames: ["shop.example"] });
  const certificate = new X509Certificate(pair.certificate);
  assert.ok(Date.parse(certificate.validTo) < Date.now());
  assert.ok(certificate.checkPrivateKey(createPrivateKey(pair.key)));
});

test("a mismatched pair does not fit", async () => {
  const pair = await makeMismatched({ dnsNames: ["shop.example"] });
  assert.equal(new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key)), false);
});
