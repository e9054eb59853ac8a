// SPDX-License-Identifier: Apache-2.0

/// The unit of memory that a processor moves between memory and its caches.
enum CacheLine {
    /// The size in bytes.
    ///
    /// Some processors of Apple have 128 bytes; an object within an aligned block of 64 bytes is in one line there too.
    static let size = 64
}
