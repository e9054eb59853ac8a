// SPDX-License-Identifier: Apache-2.0

/// What a processor moves between memory and its caches at once.
enum CacheLine {
    /// In bytes.
    ///
    /// It is 128 on some processors of Apple; what lies in one line of 64 lies in one of those, too.
    static let size = 64
}
