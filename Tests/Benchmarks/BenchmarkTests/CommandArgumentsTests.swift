// SPDX-License-Identifier: Apache-2.0

import BenchmarkSupport
import Testing

@Suite("Arguments of the subcommands")
struct CommandArgumentsTests {
    private let syntax = CommandSyntax(
        "race",
        options: ["--rounds", "--policy"],
        flags: ["--spread"],
        help: "Usage: race [--rounds N]\n\nRaces."
    )

    private func parse(_ arguments: String...) throws -> CommandArguments {
        try CommandArguments(arguments, of: syntax)
    }

    @Test func `options stand anywhere, with a space or an equals sign before the value`() throws {
        let arguments = try parse("a", "--rounds", "3", "b", "--policy=lru", "--spread")
        #expect(arguments.values == ["a", "b"])
        #expect(try arguments.count("--rounds", default: 5, in: 1...9) == 3)
        #expect(arguments["--policy"] == "lru")
        #expect(arguments.has("--spread"))
        #expect(try parse().count("--rounds", default: 5, in: 1...9) == 5)
        #expect(try parse("--help").wantsHelp)
    }

    @Test func `an error names what is accepted`() {
        #expect(
            message { try parse("--round", "3") }
                == "race: unknown option \"--round\"; accepted: --rounds, --policy, --spread, --help"
        )
        #expect(message { try parse("--rounds") } == "race: --rounds needs a value; see --help")
        #expect(message { try parse("--spread=1") } == "race: --spread takes no value, and \"1\" was given")
        #expect(message { try parse("x").expectNoValues() } == "race: \"x\" is not expected. Usage: race [--rounds N]")
        #expect(message { try parse().required("--policy") } == "race: --policy is missing. Usage: race [--rounds N]")
        for wrong in ["0", "10", "3.5", "three"] {
            #expect(
                message { try parse("--rounds", wrong).count("--rounds", default: 5, in: 1...9) }
                    == "race: --rounds \"\(wrong)\" is not accepted: it is a whole number from 1 to 9"
            )
        }
    }

    private func message<Result>(_ body: () throws -> Result) -> String? {
        do { _ = try body() } catch { return (error as? BenchmarkError)?.message }
        return nil
    }
}
