// SPDX-License-Identifier: Apache-2.0

/// Redaction: servers quote the arguments of a command in their errors, and with them the secrets of the client.
extension RedisServerError {
    /// The text before the quoted arguments of an unknown command.
    private static let arguments = Array(", with args beginning with".utf8)

    /// Returns the error without a user and a password; its code is not changed.
    package func hiding(user: String?, password: String?) -> RedisServerError {
        guard user != nil || password != nil else { return self }
        var text = Array(description.utf8)
        // Quoted arguments are truncated and escaped, so that a part of a password could not be recognised.
        if let place = Self.places(of: Self.arguments, in: text).first { text.removeSubrange(place...) }
        for secret in [password, user].compactMap({ $0 }) where !secret.isEmpty {
            let secret = Array(secret.utf8)
            for place in Self.places(of: secret, in: text).reversed() where place >= code.utf8.count {
                let end = place + secret.count
                let isWord = !Self.isLetter(text, place - 1) && !Self.isLetter(text, end)
                // Replacing every "a" would make the message unreadable.
                guard isWord || secret.count > 3 else { continue }
                text.replaceSubrange(place..<end, with: Array("(not shown)".utf8))
            }
        }
        return RedisServerError(String(decoding: text, as: UTF8.self))
    }

    /// Returns the positions of non-overlapping occurrences of a byte string.
    private static func places(of form: [UInt8], in text: [UInt8]) -> [Int] {
        var places: [Int] = []
        var next = 0
        while next + form.count <= text.count {
            let isHere = text[next..<(next + form.count)].elementsEqual(form)
            if isHere { places.append(next) }
            next += isHere ? form.count : 1
        }
        return places
    }

    private static func isLetter(_ text: [UInt8], _ place: Int) -> Bool {
        guard text.indices.contains(place) else { return false }
        return text[place] >= 0x80 || Character(UnicodeScalar(text[place])).isLetter
    }
}
