// SPDX-License-Identifier: Apache-2.0

/// The eight kinds of CBOR items, RFC 8949 section 3.1.
enum CBORMajor: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, simple
}
