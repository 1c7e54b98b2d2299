internal import ComponentHost
internal import Triggers

/// Which workflows wait for which trigger: one look-up for an occurrence, however many services there are.
struct TriggerIndex: Sendable {
    private var watchers: [[UInt8]: [TriggerConfiguration]] = [:]
    private var workflows: [WorkflowName: TriggerConfiguration] = [:]
    /// The triggers of all active workflows but the manual ones, each once, in the order of the services.
    private(set) var triggers: [Trigger] = []

    private struct WorkflowName: Hashable {
        let service: String
        let workflow: String
    }

    init(_ services: [RegisteredService] = []) {
        for registered in services where registered.service.status == .active {
            for workflow in registered.service.workflows {
                let configuration = TriggerConfiguration(
                    serviceID: registered.id,
                    workflowID: workflow.id,
                    trigger: workflow.trigger
                )
                workflows[WorkflowName(service: registered.id, workflow: workflow.id)] =
                    configuration
                if workflow.trigger == .manual { continue }
                let key = TriggerCoding.key(workflow.trigger)
                if watchers[key] == nil { triggers.append(workflow.trigger) }
                watchers[key, default: []].append(configuration)
            }
        }
    }

    /// Who is told of an occurrence, in the order of the services.
    func audience(_ audience: TriggerOccurrence.Audience) -> [TriggerConfiguration] {
        switch audience {
        case .watchers(let trigger): watchers[TriggerCoding.key(trigger)] ?? []
        case .workflow(let service, let workflow):
            workflows[WorkflowName(service: service, workflow: workflow)].map { [$0] } ?? []
        }
    }
}
