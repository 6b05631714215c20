"""Writes the descriptors of Envoy's API as one FileDescriptorSet, which `buf generate` reads.

usage: descriptors.py ROOTS_JSON OUTPUT, with xds-protos and protobuf on PYTHONPATH.

xds-protos carries Envoy's .proto files only in compiled form, as Python modules. Importing a module
registers its descriptor, so a root and all that it imports are in the pool afterwards.
"""

import importlib
import json
import sys

from google.protobuf import descriptor_pb2, descriptor_pool


def main(roots_path, output_path):
    with open(roots_path, encoding="utf-8") as file:
        groups = json.load(file)
    roots = [root for name, group in groups.items() if name != "comment" for root in group]
    for root in roots:
        importlib.import_module(root.replace("/", ".") + "_pb2")

    pool = descriptor_pool.Default()
    written = set()
    result = descriptor_pb2.FileDescriptorSet()

    def add(descriptor):
        # A FileDescriptorSet lists what a file imports before the file itself.
        if descriptor.name in written:
            return
        written.add(descriptor.name)
        for dependency in descriptor.dependencies:
            add(dependency)
        descriptor.CopyToProto(result.file.add())

    for root in roots:
        add(pool.FindFileByName(root + ".proto"))

    with open(output_path, "wb") as file:
        file.write(result.SerializeToString(deterministic=True))
    print(len(written))


main(sys.argv[1], sys.argv[2])
