import Platform

extension Console {
    static var benchBLSSyntax: CommandSyntax {
        CommandSyntax(
            "bench bls",
            summary: "measure signatures on BLS12-381: sign, verify, combine",
            details: """
                One thread. Signatures are verified from their 48 bytes, combinations are of 8 shares of 12,
                batches of all 12. Each run does every operation N times with other messages; the times are
                the medians of the runs.
                """,
            options: [
                OptionSyntax("--runs", "N", "how many runs (default: 15)"),
                OptionSyntax("--repetitions", "N", "operations a run (default: 50)"),
                OptionSyntax("--seed", "N", "what keys and messages are made of (default: 1)"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: benchBLS
        )
    }

    @Sendable private static func benchBLS(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let runs = try arguments.number("--runs", in: 1...10_000, standard: 15)
        let repetitions = try arguments.number("--repetitions", in: 1...10_000, standard: 50)
        let seed = try arguments.number("--seed", in: 0...Int.max, standard: 1)
        let result = try BLSBench.run(
            runs: runs,
            repetitions: repetitions,
            seed: UInt64(seed)
        ) { what in
            terminal.progress("bench bls: " + what)
        }
        terminal.endProgress()
        if arguments.has("--json") {
            terminal.line(result.json(runs: runs, repetitions: repetitions, seed: seed).description)
        } else {
            terminal.line("BLS12-381, on \(Machine.description)")
            for line in result.table.lines { terminal.line(line) }
        }
    }
}

extension BLSBench.Result {
    private var rows: [(key: String, label: String, microseconds: Double)] {
        [
            ("signMicroseconds", "sign", sign),
            ("verifyMicroseconds", "verify", verify),
            ("verifyPreparedMicroseconds", "verify, key prepared", verifyPrepared),
            ("hashToCurveMicroseconds", "hash to the curve", hashToCurve),
            ("combineMicroseconds", "combine 8 of 12", combine),
            ("batchVerify12Microseconds", "verify a batch of 12", batchVerify12),
        ]
    }

    func json(runs: Int, repetitions: Int, seed: Int) -> JSONObject {
        var json = JSONObject()
        for row in rows { json.add(row.key, (row.microseconds * 100).rounded() / 100) }
        json.add("runs", runs)
        json.add("repetitions", repetitions)
        json.add("seed", seed)
        json.add("resultHash", resultHash)
        json.add("machine", Machine.description)
        return json
    }

    var table: Table {
        var table = Table()
        for row in rows { table.add(row.label, "\((row.microseconds * 10).rounded() / 10) µs") }
        table.add("result hash", String(resultHash.prefix(16)))
        return table
    }
}
