import MessageBus
import Testing

@Suite("subjects") struct SubjectTests {
    @Test(
        "a pattern matches whole words, and at its end the rest",
        arguments: [
            ("a", ["a"], ["b", "a.a", "aa"]),
            ("a.b", ["a.b"], ["a", "a.b.c", "a.c"]),
            ("*", ["a", "abc"], ["a.b"]),
            ("a.*", ["a.b", "a.c"], ["a", "a.b.c", "b.a"]),
            ("*.b.*", ["a.b.c"], ["a.b", "a.c.c", "a.b.c.d"]),
            (">", ["a", "a.b", "a.b.c"], ["_inbox.a"]),
            ("*.a", ["b.a"], ["_inbox.a"]),
            ("_inbox.*", ["_inbox.a"], ["_inbox.a.b", "a._inbox"]),
            ("a.>", ["a.b", "a.b.c"], ["a", "b.a"]),
            ("a.*.>", ["a.b.c", "a.b.c.d"], ["a.b", "a"]),
        ] as [(String, [String], [String])]
    )
    func matching(_ text: String, _ matching: [String], _ other: [String]) throws {
        let pattern = try #require(SubjectPattern(text))
        #expect(matching.allSatisfy { pattern.matches($0) })
        #expect(!other.contains { pattern.matches($0) })
    }

    @Test(
        "a pattern lies within another if that matches all that it can match",
        arguments: [
            (">", ["a", "*", ">", "a.>", "*.b.>"], ["_inbox.>"]),
            ("a.>", ["a.b", "a.*", "a.>", "a.*.c"], ["a", ">", "*", "*.b", "b.>"]),
            ("a.*", ["a.b", "a.*"], ["a.>", "a.*.*", "*.*"]),
            ("*", ["a", "*"], [">", "a.b"]),
            ("a.*.c", ["a.b.c", "a.*.c"], ["a.b.*", "a.>", "a.*.>"]),
        ] as [(String, [String], [String])]
    )
    func containment(_ text: String, _ inside: [String], _ outside: [String]) throws {
        let pattern = try #require(SubjectPattern(text))
        for other in inside { #expect(pattern.matches(other), "\(other)") }
        for other in outside { #expect(!pattern.matches(other), "\(other)") }
    }
}
