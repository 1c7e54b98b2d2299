/// The functions of `host` in the worlds of WAVS.
enum WorldHost {
    static let functions: [String: HostFunction] = [
        "get-evm-chain-config": { (state, arguments) throws(HostRefusal) in
            .option(state.context.evmChains[try text(arguments, 0)]?.value)
        },
        "get-cosmos-chain-config": { (state, arguments) throws(HostRefusal) in
            .option(state.context.cosmosChains[try text(arguments, 0)]?.value)
        },
        "config-var": { (state, arguments) throws(HostRefusal) in
            let key = try text(arguments, 0)
            return .optional(state.context.configuration.first { $0.key == key }?.value)
        },
        "log": { (state, arguments) throws(HostRefusal) in
            guard arguments.count == 2, let (name, _) = arguments[0].choice,
                let level = LogLevel.allCases.first(where: { $0.name == name })
            else { throw HostRefusal("log with another level") }
            state.log(level, try text(arguments, 1))
            return nil
        },
        "get-service": { (state, _) throws(HostRefusal) in
            guard let service = state.context.service else {
                throw HostRefusal("there is no service")
            }
            return .record([
                ("service", service.value), ("workflow-id", .string(state.context.workflowID)),
            ])
        },
        "get-workflow": { (state, _) throws(HostRefusal) in
            let id = state.context.workflowID
            guard let workflow = state.context.service?.workflows.first(where: { $0.id == id })
            else { throw HostRefusal("there is no workflow") }
            return .record([("workflow", workflow.value), ("workflow-id", .string(id))])
        },
        "get-event-id": { (state, arguments) throws(HostRefusal) in
            let salt = arguments.first?.held ?? nil
            return .bytes(state.context.eventID(salt?.byteList))
        },
    ]

    private static func text(
        _ arguments: [WITValue],
        _ index: Int
    ) throws(HostRefusal) -> String {
        guard index < arguments.count, let text = arguments[index].text else {
            throw HostRefusal("an argument is no text")
        }
        return text
    }
}
