// SPDX-License-Identifier: Apache-2.0

/// A combination of the settings of a module that change the isolation of functions and types.
enum LanguageMode: String, CaseIterable, Sendable {
    case plain
    case nonsending
    case mainActor
    case nonsendingMainActor

    /// Whether async functions run on the actor of their caller unless they say otherwise.
    var isNonsending: Bool { self == .nonsending || self == .nonsendingMainActor }

    /// Whether declarations belong to the main actor unless they say otherwise.
    var isMainActor: Bool { self == .mainActor || self == .nonsendingMainActor }

    /// The arguments of the compiler.
    var options: [String] {
        (isNonsending ? ["-enable-upcoming-feature", "NonisolatedNonsendingByDefault"] : [])
            + (isMainActor ? ["-default-isolation", "MainActor"] : [])
    }
}
