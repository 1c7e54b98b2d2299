import Foundation
import Testing

extension Browser {
    /// A text as an expression of JavaScript.
    static func literal(_ text: String) -> String {
        let encoded = try? JSONSerialization.data(
            withJSONObject: text,
            options: .fragmentsAllowed
        )
        return encoded.map { data in String(decoding: data, as: UTF8.self) } ?? "\"\""
    }

    private static func found(_ selector: String) -> String {
        "document.querySelector(\(literal(selector)))"
    }

    /// Waits until there is an element.
    func wait(for selector: String, location: SourceLocation = #_sourceLocation) throws {
        try wait(selector, Self.found(selector), location: location)
    }

    /// Waits until there is no such element.
    func wait(without selector: String, location: SourceLocation = #_sourceLocation) throws {
        try wait("no " + selector, "!" + Self.found(selector), location: location)
    }

    /// Clicks an element that is there or comes.
    func click(_ selector: String, location: SourceLocation = #_sourceLocation) throws {
        try wait(for: selector, location: location)
        try evaluate(Self.found(selector) + ".click()")
    }

    /// Types a text in place of what an input has.
    func fill(
        _ selector: String,
        with text: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        try wait(for: selector, location: location)
        try evaluate("(() => { const e = \(Self.found(selector)); e.focus(); e.select(); })()")
        try type(text)
        try wait(
            "\(selector) with \(text)",
            "\(Self.found(selector))?.value === \(Self.literal(text))",
            location: location
        )
    }

    /// Chooses an option of a list.
    func choose(
        _ selector: String,
        option: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        try wait(for: selector, location: location)
        try evaluate(
            """
            (() => {
              const list = \(Self.found(selector));
              list.value = \(Self.literal(option));
              list.dispatchEvent(new Event("change", { bubbles: true }));
            })()
            """
        )
    }

    /// The text of an element; empty when there is none.
    func text(_ selector: String) throws -> String {
        try evaluate("\(Self.found(selector))?.textContent ?? \"\"") as? String ?? ""
    }

    /// How many elements there are.
    func count(_ selector: String) throws -> Int {
        let expression = "document.querySelectorAll(\(Self.literal(selector))).length"
        return try evaluate(expression) as? Int ?? 0
    }

    /// Puts a file into an input for files.
    func hand(_ file: String, to selector: String) throws {
        let root = try call("DOM.getDocument")["root"] as? [String: Any]
        let node = try call(
            "DOM.querySelector",
            ["nodeId": try #require(root?["nodeId"] as? Int), "selector": selector]
        )
        let name = try #require(node["nodeId"] as? Int)
        try call("DOM.setFileInputFiles", ["nodeId": name, "files": [file]])
    }

    /// The roles of controls that say nothing to somebody who hears the page instead of seeing it.
    func namelessControls() throws -> [String] {
        let roles: Set<String> = [
            "button", "textbox", "searchbox", "combobox", "listbox", "tab", "tablist", "dialog",
            "link", "checkbox", "img", "table", "region", "navigation", "tabpanel", "group",
        ]
        let nodes = try call("Accessibility.getFullAXTree")["nodes"] as? [[String: Any]] ?? []
        return nodes.compactMap { node in
            guard node["ignored"] as? Bool != true,
                let role = (node["role"] as? [String: Any])?["value"] as? String,
                roles.contains(role)
            else { return nil }
            let name = (node["name"] as? [String: Any])?["value"] as? String ?? ""
            return name.allSatisfy(\.isWhitespace) ? role : nil
        }
    }
}
