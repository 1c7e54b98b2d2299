internal import Primitives

/// Who gets what.
struct MarketRoutes<Frame: Sendable>: Sendable {
    /// A subscriber of a channel.
    private struct Route {
        var subscriber: any MarketSubscriber<Frame>
        /// The last command that the state it was sent holds: updates up to this one are no news.
        var since: UInt64
    }

    private var routes: [MarketChannel: [Route]] = [:]
    /// The channels of every subscriber.
    private var channels: [ObjectIdentifier: Set<MarketChannel>] = [:]
    /// The last first messages of books: they are large, and many subscribe at once after a restart.
    private var firstFrames: [MarketChannel: (sequence: UInt64, frame: Frame)] = [:]

    /// How many channels have a subscriber.
    var channelCount: Int { routes.count }

    /// Adds a subscriber; false if it has too many channels.
    mutating func add(
        _ subscriber: any MarketSubscriber<Frame>,
        to channel: MarketChannel,
        since sequence: UInt64,
        most channelsMax: Int
    ) -> Bool {
        let name = ObjectIdentifier(subscriber)
        if channels[name]?.contains(channel) ?? false {
            routes[channel]?.removeAll { route in route.subscriber === subscriber }
        } else {
            guard channels[name]?.count ?? 0 < channelsMax else { return false }
            channels[name, default: []].insert(channel)
        }
        routes[channel, default: []].append(Route(subscriber: subscriber, since: sequence))
        return true
    }

    /// Removes a subscriber from a channel.
    mutating func remove(
        _ subscriber: any MarketSubscriber<Frame>,
        from channel: MarketChannel
    ) {
        let name = ObjectIdentifier(subscriber)
        guard channels[name]?.remove(channel) != nil else { return }
        if channels[name]?.isEmpty ?? false { channels[name] = nil }
        removeRoute(of: subscriber, channel)
    }

    /// Removes a subscriber from all channels.
    mutating func remove(_ subscriber: any MarketSubscriber<Frame>) {
        guard let present = channels.removeValue(forKey: ObjectIdentifier(subscriber)) else {
            return
        }
        for channel in present { removeRoute(of: subscriber, channel) }
    }

    private mutating func removeRoute(
        of subscriber: any MarketSubscriber<Frame>,
        _ channel: MarketChannel
    ) {
        routes[channel]?.removeAll { route in route.subscriber === subscriber }
        guard routes[channel]?.isEmpty ?? false else { return }
        routes[channel] = nil
        firstFrames[channel] = nil
    }

    /// The first message of a channel at a command, if it was kept.
    func firstFrame(_ channel: MarketChannel, _ sequence: UInt64) -> Frame? {
        guard let last = firstFrames[channel], last.sequence == sequence else { return nil }
        return last.frame
    }

    /// Keeps the first message of a book.
    mutating func keep(_ frame: Frame, _ channel: MarketChannel, _ sequence: UInt64) {
        if case .book = channel { firstFrames[channel] = (sequence, frame) }
    }

    /// Sends news of a command to everybody whose state is older, and takes off the channel who is behind.
    mutating func send(
        _ channel: MarketChannel,
        _ sequence: UInt64,
        _ make: () -> Frame,
        _ makeFarewell: () -> Frame
    ) {
        guard let subscribed = routes[channel] else { return }
        var frame: Frame?
        for route in subscribed where route.since < sequence {
            if route.subscriber.isBehind {
                route.subscriber.send(makeFarewell())
                remove(route.subscriber, from: channel)
                continue
            }
            let made = frame ?? make()
            frame = made
            route.subscriber.send(made)
        }
    }
}
