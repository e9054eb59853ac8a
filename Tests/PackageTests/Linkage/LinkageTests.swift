// SPDX-License-Identifier: Apache-2.0

import Testing

/// The library links FoundationEssentials, and no more of Foundation.
struct LinkageTests {
    #if os(Linux)
        private static let isLinux = true
    #else
        private static let isLinux = false
    #endif

    private static let heavy = ["libFoundation.so", "lib_FoundationICU.so", "libFoundationInternationalization.so"]

    @Test(
        .enabled(if: isLinux, "the names of the libraries are those of Linux"),
        .enabled(if: Tool("ldd") != nil, "ldd is not installed")
    )
    func `the library links no Foundation beyond essentials`() throws {
        let ldd = try #require(Tool("ldd"))
        try #require(BuildProducts.has("LinkageProbe"), "\(BuildProducts.path("LinkageProbe")) is missing")
        let result = try ldd.run([BuildProducts.path("LinkageProbe")])
        try #require(result.status == 0, "\(result.output)")
        // Without this line the check below could pass because ldd printed nothing.
        #expect(result.output.contains("libswiftCore.so"))
        for library in Self.heavy { #expect(!result.output.contains(library), "\(result.output)") }
    }

    @Test(
        .enabled(if: isLinux, "the names of the libraries are those of Linux"),
        .enabled(if: Tool("ldd") != nil, "ldd is not installed")
    )
    func `the check finds Foundation where it is linked`() throws {
        // This test bundle imports Foundation, which shows that the names above are correct.
        let ldd = try #require(Tool("ldd"))
        let bundle = try #require(BuildProducts.testBundle)
        let result = try ldd.run([bundle])
        for library in Self.heavy { #expect(result.output.contains(library), "\(result.output)") }
    }
}
