// SPDX-License-Identifier: Apache-2.0

import RedisClient

/// The reply type of the client; the test support has a type of the same name.
typealias ClientValue = RESPValue

extension RESPValue {
    static func text(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }
}
