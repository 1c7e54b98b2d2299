import Foundation
import Orbit
import Testing
import TestSupport

/// Element sets and states to compare with: a few beside these tests, and more in ../shared where it is.
enum OrbitData {
    /// The condition of tests that need the files beside the repository.
    static let needsShared = SharedFiles.data.needs("orbit/tcppver.out")

    static func ownLines(_ name: String) throws -> [String] {
        try lines(Places.tests().appending(path: "Vectors/\(name)"))
    }

    static func sharedLines(_ name: String) throws -> [String] {
        try lines(SharedFiles.data.url("orbit/\(name)"))
    }

    private static func lines(_ file: URL) throws -> [String] {
        let lines = try String(contentsOf: file, encoding: .utf8)
            .split(whereSeparator: \.isNewline).map(String.init)
        try #require(!lines.isEmpty, "\(file.path) is empty")
        return lines
    }
}

extension ElementSet {
    /// Reads two lines of text.
    init(_ first: String, _ second: String) throws {
        try self.init([UInt8](first.utf8), [UInt8](second.utf8))
    }
}

/// A line with the right checksum: some lines of the verification set have another on purpose, or none.
func withChecksum(_ line: String) -> String {
    let content = line.prefix(68)
    let sum = content.utf8.reduce(0) { sum, character in
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): sum + Int(character - UInt8(ascii: "0"))
        case UInt8(ascii: "-"): sum + 1
        default: sum
        }
    }
    return content + String(sum % 10)
}

/// States of the verification programme of "Revisiting Spacetrack Report 3".
struct VerificationCase: CustomTestStringConvertible {
    /// One line of the programme's output.
    struct State {
        var minutes: Double
        var position: Vector
        var velocity: Vector
    }

    var satellite: UInt32
    var elements: ElementSet
    var states: [State]

    var testDescription: String { "satellite \(satellite), \(states.count) states" }

    /// Joins the element sets of one file with the states of another.
    static func cases(elements lines: [String], states: [String]) throws -> [VerificationCase] {
        var sets: [UInt32: ElementSet] = [:]
        let lines = lines.filter { line in !line.hasPrefix("#") }
        for index in stride(from: 0, to: lines.count, by: 2) {
            let set = try ElementSet(
                withChecksum(lines[index]),
                withChecksum(lines[index + 1])
            )
            sets[set.satellite] = set
        }
        var cases: [VerificationCase] = []
        for line in states {
            let words = line.split(separator: " ")
            if words.count == 2, words[1] == "xx" {
                let satellite = try #require(UInt32(words[0]))
                let elements = try #require(sets[satellite])
                cases.append(
                    VerificationCase(satellite: satellite, elements: elements, states: [])
                )
            } else {
                let numbers = try words.prefix(7).map { word in try #require(Double(word)) }
                let state = State(
                    minutes: numbers[0],
                    position: Vector(numbers[1], numbers[2], numbers[3]),
                    velocity: Vector(numbers[4], numbers[5], numbers[6])
                )
                cases[cases.count - 1].states.append(state)
            }
        }
        return cases
    }
}
