// SPDX-License-Identifier: Apache-2.0

extension UserSnippet {
    static let onLifetimes = [
        UserSnippet(
            "23 a Duration",
            #"func f() { _ = cached(ttl: Duration.seconds(60), key: { "u:\($0)" }) { (id: Int) in User(id: id) } }"#,
            .explained(
                "cannot convert value of type 'Duration' to expected argument type 'TTL'",
                guide: "`TTL(duration)`",
                remedy: #"""
                    func f(_ duration: Duration) {
                        _ = cached(ttl: TTL(duration), key: { "u:\($0)" }) { (id: Int) in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "24 a variable",
            #"func f(_ seconds: Int) { _ = cached(ttl: seconds, key: { "u:\($0)" }) { (id: Int) in User(id: id) } }"#,
            .explained(
                "cannot convert value of type 'Int' to expected argument type 'TTL'",
                guide: "`TTL(seconds)`",
                remedy: #"""
                    func f(_ seconds: Int) {
                        _ = cached(ttl: TTL(seconds), key: { "u:\($0)" }) { (id: Int) in User(id: id) }
                    }
                    """#
            )
        ),
        UserSnippet(
            "25 a fraction of minutes",
            #"func f() { _ = cached(ttl: .minutes(1.5), key: { "u:\($0)" }) { (id: Int) in User(id: id) } }"#,
            .compiles
        ),
        UserSnippet(
            "26 weeks",
            #"func f() { _ = cached(ttl: .weeks(1), key: { "u:\($0)" }) { (id: Int) in User(id: id) } }"#,
            .compiles
        ),
        UserSnippet(
            "27 nil",
            #"func f() { _ = cached(ttl: nil, key: { "u:\($0)" }) { (id: Int) in User(id: id) } }"#,
            .explained(
                "'nil' is not compatible with expected argument type 'TTL'",
                guide: "`.forever`, or `.default`",
                remedy: #"func f() { _ = cached(ttl: .default, key: { "u:\($0)" }) { (id: Int) in User(id: id) } }"#
            )
        ),
    ]
}
