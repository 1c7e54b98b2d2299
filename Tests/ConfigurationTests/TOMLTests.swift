import Configuration
import Testing

@Suite("Configuration files in TOML") struct TOMLTests {
    private func table(_ text: String) throws -> ConfigurationSection {
        try ConfigurationSection(Array(text.utf8), path: "test.toml")
    }

    /// One document that the standard allows, with what it must be read as.
    struct Good: Sendable, CustomTestStringConvertible {
        var text: String
        var value: TOMLValue
        var testDescription: String { text.debugDescription }
    }

    static let good: [Good] = [
        Good(text: "k = \"a\\tb\\u00e9\\U0001F600\"", value: .string("a\tb\u{e9}\u{1F600}")),
        Good(text: "k = 'C:\\new'", value: .string("C:\\new")),
        Good(text: "k = \"\"\"\nRoses\nViolets\"\"\"", value: .string("Roses\nViolets")),
        Good(text: "k = \"\"\"a \\\n\n   b\"\"\"", value: .string("a b")),
        Good(text: "k = \"\"\"\"two quotes\"\"\"\"\"", value: .string("\"two quotes\"\"")),
        Good(text: "k = '''\nI [dw]on't'''", value: .string("I [dw]on't")),
        Good(text: "k = ''''that''''", value: .string("'that'")),
        Good(text: "k = +99", value: .integer(99)),
        Good(text: "k = -17", value: .integer(-17)),
        Good(text: "k = 1_000_000", value: .integer(1_000_000)),
        Good(text: "k = 0xDEAD_beef", value: .integer(0xdead_beef)),
        Good(text: "k = 0o755", value: .integer(0o755)),
        Good(text: "k = 0b1101", value: .integer(13)),
        Good(text: "k = -9223372036854775808", value: .integer(.min)),
        Good(text: "k = 3.1415", value: .float(3.1415)),
        Good(text: "k = 5e+22", value: .float(5e22)),
        Good(text: "k = 6.626e-34", value: .float(6.626e-34)),
        Good(text: "k = 224_617.445_991", value: .float(224_617.445_991)),
        Good(text: "k = -inf", value: .float(-.infinity)),
        Good(text: "k = true # comment", value: .boolean(true)),
        Good(text: "k = 1979-05-27T07:32:00Z", value: .dateTime("1979-05-27T07:32:00Z")),
        Good(
            text: "k = 1979-05-27 00:32:00.999999-07:00",
            value: .dateTime("1979-05-27 00:32:00.999999-07:00")
        ),
        Good(text: "k = 2024-02-29", value: .dateTime("2024-02-29")),
        Good(text: "k = 07:32:00", value: .dateTime("07:32:00")),
        Good(
            text: "k = [1, 'a', [2.5],]",
            value: .array([.integer(1), .string("a"), .array([.float(2.5)])])
        ),
        Good(
            text: "k = [ # first\n 1,\n\n 2 # last\n]",
            value: .array([.integer(1), .integer(2)])
        ),
        Good(text: "\"k\" = 1", value: .integer(1)),
        Good(text: "'k'\t=\t1\r\n# end", value: .integer(1)),
    ]

    @Test("reads what the standard allows", arguments: good) func reads(_ case: Good) throws {
        #expect(try table(`case`.text).value("k") == `case`.value)
    }

    @Test("puts tables, dotted keys and arrays of tables together") func tables() throws {
        let section = try table(
            """
            name.first = "A"
            name."second.part" = "B"
            [a.b]
            x = 1
            [a]
            y.z = 2
            [[list]]
            n = 1
            [list.inner]
            m = 2
            [[list]]
            n = 3
            [a.y.w]
            v = { p.q = 1, r = [{ s = 2 }] }
            """
        )
        #expect(section.keys == ["name", "a", "list"])
        #expect(
            section.value("a")?.json
                == #"{"b":{"x":1},"y":{"z":2,"w":{"v":{"p":{"q":1},"r":[{"s":2}]}}}}"#
        )
        #expect(section.value("list")?.json == #"[{"n":1,"inner":{"m":2}},{"n":3}]"#)
        #expect(section.value("name")?.json == #"{"first":"A","second.part":"B"}"#)
    }

    static let bad: [String] = [
        "k", "k =", "= 1", "k = 1 2", "k = 1\nk = 2", "k = 01", "k = 1__0", "k = _1", "k = 1_",
        "k = 0x", "k = +0x1", "k = 1.", "k = .5", "k = 1.e2", "k = 03.14",
        "k = 9223372036854775808",
        "k = True", "k = \"a\nb\"", "k = \"\\q\"", "k = \"\\uD800\"", "k = \"\\u12\"", "k = 'a",
        "k = \"\"\"a", "k = \"\"\"a\"\"\"\"\"\"", "k = [1", "k = [1 2]", "k = [,]", "k = {a = 1,}",
        "k = {a = 1\n}", "k = {a = 1, a = 2}", "k = {a = 1}\nk.b = 2", "k = {}\n[k.b]", "[k]\n[k]",
        "k = 1\n[k]", "k = 1\n[k.b]", "[[k]]\n[k]", "[k]\n[[k]]", "k = []\n[[k]]", "a.b = 1\n[a]",
        "[a.b.c]\nz = 1\n[a]\nb.c.t = 2", "[a.b.c.d]\nz = 9\n[a]\nb.c.t = 1", "a = 1\na.b = 2",
        "[]", "[a", "[a.]", "[a] b = 1", "[[a]", "[ [a]]", "k = 2023-02-29", "k = 1979-13-01",
        "k = 25:00:00", "k = 1979-05-27T07:32", "k = 07:32", "k = 1979-05-27T", "k = #",
        "# a\u{1}", "k = \"\u{7f}\"", "k = 1\r", "k.\"\"\"a\"\"\" = 1", "é = 1",
    ]

    @Test("refuses what the standard forbids", arguments: bad) func refuses(_ text: String) {
        #expect(throws: ConfigurationError.self) { _ = try table(text) }
    }

    @Test("refuses bytes that are not UTF-8, and says on which line") func encoding() {
        #expect {
            _ = try ConfigurationSection(Array("a = 1\nb = '".utf8) + [0xff, 0x27], path: "x.toml")
        } throws: { error in
            "\(error)" == "x.toml:2: it is not UTF-8"
        }
    }

    @Test("deep nesting ends in an error") func depth() {
        let text = "k = " + String(repeating: "[", count: 10_000)
        #expect(throws: ConfigurationError.self) { _ = try table(text) }
    }

    @Test("errors name file, line, key and what is allowed") func errors() throws {
        func failure(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "none"
            } catch {
                return "\(error)"
            }
        }
        let text = "[node]\nport = 70000\nname = 5\nmode = \"fast\"\nprot = 1\n"
        var node = try section(text)
        #expect(
            failure { _ = try node.integer("port", in: 0...65_535) }
                == "test.toml:2: node.port is 70000; it must be a whole number from 0 to 65535"
        )
        #expect(
            failure { _ = try node.text("name") }
                == "test.toml:3: node.name is a whole number; it must be a text"
        )
        #expect(
            failure { _ = try node.word("mode", among: ["slow", "slower"]) }
                == "test.toml:4: node.mode is \"fast\"; it must be one of slow, slower"
        )
        #expect(
            failure { _ = try node.text("data") }
                == "test.toml:1: node.data is missing; it must be a text"
        )
        #expect(
            failure { try node.finish() } == "test.toml:5: node.prot is not known; is port meant?"
        )
    }

    private func section(_ text: String) throws -> ConfigurationSection {
        var file = try table(text)
        return try file.section("node")
    }

    @Test("what is left out has its standard value, and what is read is not refused")
    func standards() throws {
        var file = try table("list = ['a']\nb = false\n")
        #expect(try file.integer("n", in: 1...9, standard: 4) == 4)
        #expect(try file.texts("list") == ["a"])
        #expect(try file.boolean("b", standard: true) == false)
        #expect(try file.optionalText("t") == nil)
        #expect(try file.optionalSection("s") == nil)
        #expect(try file.sections("many").isEmpty)
        try file.finish()
    }
}

extension TOMLValue {
    /// The value as JSON, for comparisons.
    var json: String {
        switch self {
        case .string(let text): "\"\(text)\""
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .boolean(let truth): "\(truth)"
        case .dateTime(let text): text
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .table(let table):
            "{" + table.entries.map { "\"\($0.key)\":\($0.value.json)" }.joined(separator: ",")
                + "}"
        }
    }
}
