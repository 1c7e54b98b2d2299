import Console
import Testing

/// A command line that makes no sense, and what the first line about it says.
struct BadUsage: Sendable, CustomTestStringConvertible {
    var words: [String]
    var firstLine: String
    var code: Int32 = 2

    init(_ words: String, _ firstLine: String, code: Int32 = 2) {
        self.words = words.split(separator: " ").map(String.init)
        self.firstLine = firstLine
        self.code = code
    }

    var testDescription: String { "parallax " + words.joined(separator: " ") }
}

@Suite("the command line") struct CommandLineTests {
    static let bad = [
        BadUsage("replya x", "parallax: unknown command \"replya\"; did you mean replay?"),
        BadUsage("--jsn", "parallax: unknown command \"--jsn\"; there are "),
        BadUsage("replay", "parallax replay: FILE… is missing; give it after \"replay\""),
        BadUsage(
            "replay a --jsno",
            "parallax replay: unknown option \"--jsno\"; did you mean --json?"
        ),
        BadUsage("replay a --zzzzzzz", "parallax replay: unknown option \"--zzzzzzz\""),
        BadUsage("replay a -x", "parallax replay: unknown option \"-x\""),
        BadUsage(
            "replay a --format",
            "parallax replay: option --format needs a value; write --format flow|journal"
        ),
        BadUsage(
            "replay a --format --json",
            "parallax replay: option --format needs a value; write "
        ),
        BadUsage(
            "replay a --format xml",
            "parallax replay: option --format is \"xml\"; give flow or"
        ),
        BadUsage(
            "replay a --json --json",
            "parallax replay: option --json is given twice; give it once"
        ),
        BadUsage("replay a --json=1", "parallax replay: option --json takes no value; leave out "),
        BadUsage("bench", "parallax bench: say what to do: matching, journal, recovery"),
        BadUsage(
            "bench matchin",
            "parallax bench: unknown command \"matchin\"; did you mean matching?"
        ),
        BadUsage(
            "bench matching --runs 0",
            "parallax bench matching: option --runs is \"0\"; give a whole number from 1 to 10000"
        ),
        BadUsage("serve --stdio", "parallax serve: option --data is missing; write --data DIR"),
        BadUsage("serve --data x", "parallax serve: nobody could reach this venue"),
        BadUsage("demo --seconds 0", "parallax demo: option --seconds is \"0\"; give a whole"),
        BadUsage(
            "demo --flow x --seed 1",
            "parallax demo: --flow and generated commands exclude"
        ),
        BadUsage("demo --flow no-such-file.csv", "parallax: no-such-file.csv: cannot op", code: 3),
        BadUsage("journal verify no-such-dir", "parallax: no-such-dir: cannot open: ", code: 3),
        BadUsage("journal verify /", "parallax: /: there is no journal in it; name", code: 3),
        BadUsage("help nothing", "parallax: unknown command \"nothing\"; there are "),
        BadUsage("replay no-such-file.csv", "parallax: no-such-file.csv: cannot open: ", code: 3),
        BadUsage("replay /", "parallax: /: cannot read: Is a directory; name a file", code: 3),
    ]

    @Test("a mistake is answered with what is wrong and what to do", arguments: bad)
    func mistakes(_ usage: BadUsage) {
        let capture = Capture()
        #expect(capture.run(usage.words) == usage.code)
        #expect(capture.output == "")
        let lines = capture.errors.split(separator: "\n")
        #expect(lines.first?.hasPrefix(usage.firstLine) == true, "\(capture.errors)")
        #expect(lines.count == (usage.code == 2 ? 2 : 1))
    }

    @Test("without a command it says what there is") func nothing() {
        let capture = Capture()
        #expect(capture.run([]) == 2)
        #expect(capture.errors.hasPrefix("parallax: say what to do: "))
    }

    @Test("help lists every command, and every command has its own help") func help() {
        let overview = Capture()
        #expect(overview.run(["help"]) == 0)
        #expect(overview.errors == "")
        var commands: [String] = []
        let list = overview.output.split(separator: "Try:")[0]
        for line in list.split(separator: "\n") where line.hasPrefix("  ") {
            let name = line.dropFirst(2).prefix(while: { $0.isLetter || $0 == "-" || $0 == " " })
            commands.append(name.split(separator: "  ").first.map(String.init) ?? "")
        }
        #expect(commands.contains("replay"))
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            for line in [words + ["--help"], ["help"] + words] {
                let capture = Capture()
                #expect(capture.run(line) == 0)
                #expect(capture.output.hasPrefix("usage: parallax \(command)"), "\(command)")
                #expect(capture.errors == "")
            }
        }
    }

    @Test("the version is one line", arguments: ["--version", "version"])
    func version(word: String) {
        let capture = Capture()
        #expect(capture.run([word]) == 0)
        #expect(capture.output == "parallax \(Console.version)\n")
    }
}

@Suite("JSON output") struct JSONObjectTests {
    @Test("texts are escaped, numbers are exact, order is kept") func object() throws {
        var json = JSONObject()
        json.add("text", "a\"b\\c\nd\u{1}é")
        json.add("large", Int128.max)
        json.add("number", 0.25)
        json.add("nothing", Double.infinity)
        json.add("true", true)
        var inner = JSONObject()
        inner.add("x", -1)
        json.add("inner", inner)
        #expect(
            json.description
                == #"{"text": "a\"b\\c\nd\u0001é", "large": \#(Int128.max), "number": 0.25, "#
                + #""nothing": null, "true": true, "inner": {"x": -1}}"#
        )
        #expect(try members(json.description)["text"] as? String == "a\"b\\c\nd\u{1}é")
    }
}
