// SPDX-License-Identifier: Apache-2.0

/// The path of the file of a key, relative to the directory of the backend.
///
/// Lower-case ASCII letters, digits, `-` and `_` stand for themselves; every other byte of the key's UTF-8 is written
/// `%` and two hexadecimal digits. So no key is special to a file system (`..`, `a/b`), and keys that differ in case or
/// in Unicode normalisation have different files even where the file system takes those names for the same.
///
/// A name has at most 200 characters, because file systems accept 255 bytes; a longer one continues in a directory.
/// Names of directories end in `.part`, those of files in `.entry`, and no escaped key has a dot.
enum EntryPath {
    static let fileSuffix = ".entry"
    static let directorySuffix = ".part"
    private static let maximumCharacters = 200

    /// Returns the names of the directories of a key and of its file, outermost first.
    static func components(of key: String) -> [String] {
        var rest = ArraySlice(key.utf8.flatMap(escaped))
        var names: [String] = []
        while rest.count > maximumCharacters {
            names.append(String(decoding: rest.prefix(maximumCharacters), as: UTF8.self) + directorySuffix)
            rest = rest.dropFirst(maximumCharacters)
        }
        return names + [String(decoding: rest, as: UTF8.self) + fileSuffix]
    }

    /// Returns the key of a file; nil when the file has another scheme.
    static func key(of components: [String]) -> String? {
        guard let file = components.last, file.hasSuffix(fileSuffix) else { return nil }
        var escaped = ""
        for directory in components.dropLast() {
            guard directory.hasSuffix(directorySuffix) else { return nil }
            escaped += directory.dropLast(directorySuffix.count)
        }
        guard let key = unescaped(escaped + file.dropLast(fileSuffix.count)) else { return nil }
        // Other files in the directory are not entries.
        return self.components(of: key) == components ? key : nil
    }

    /// Returns a text in which each byte that is not safe in a file name is escaped.
    static func escaped(_ text: String) -> String { String(decoding: text.utf8.flatMap(escaped), as: UTF8.self) }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            [byte]
        default:
            Array((byte < 16 ? "%0" : "%").utf8) + Array(String(byte, radix: 16).utf8)
        }
    }

    private static func unescaped(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let character = rest.utf8.first {
            guard character == UInt8(ascii: "%") else {
                bytes.append(character)
                rest = rest.dropFirst()
                continue
            }
            guard let byte = UInt8(rest.dropFirst().prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(3)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
