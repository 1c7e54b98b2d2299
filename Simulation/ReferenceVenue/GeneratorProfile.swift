package import Primitives
package import Venue

/// What kind of session a generator plays: which commands, which prices, how much money.
package struct GeneratorProfile {
    /// The kinds of command that a generator chooses from.
    package enum Kind {
        case place, amend, cancel, massCancel, advanceTime, openAccount, deposit, withdraw
        case defineAsset, defineInstrument, setIncrements, setFees, setBand, setLimits, setPhase
        case contract, postBond, releaseBond, penalise
    }

    /// What a failure message calls it.
    package var name = "ordinary"
    /// How many members trade.
    package var accounts = 6
    /// Weights of the kinds of command.
    package var kinds: [(Int, Kind)] = [
        (700, .place), (80, .amend), (80, .cancel), (4, .massCancel), (10, .advanceTime),
        (2, .openAccount), (20, .deposit), (15, .withdraw), (1, .defineAsset),
        (3, .defineInstrument), (2, .setIncrements), (4, .setFees), (4, .setBand), (1, .setLimits),
        (8, .setPhase), (20, .contract),
    ]
    /// Weights of the order types.
    package var types: [(Int, OrderType)] = [
        (70, .limit), (10, .market), (6, .stop), (8, .stopLimit), (6, .trailingStop),
    ]
    /// Weights of the self-trade prevention modes.
    package var preventions: [(Int, SelfTradePrevention)] = [
        (60, .none), (10, .cancelNewest), (10, .cancelOldest), (10, .cancelBoth), (10, .decrement),
    ]
    /// How many orders in a hundred are icebergs, and how many post-only, where both make sense.
    package var icebergPercent = 15
    package var postOnlyPercent = 15
    /// How many commands in a hundred get a senseless value.
    package var nonsensePercent = 3
    /// Prices are `priceCentre` and up to `priceReach` steps of `priceStep` away from it.
    package var priceCentre: Int64 = 100
    package var priceReach: Int64 = 8
    package var priceStep: Int64 = 1
    /// Quantities are up to this many lots.
    package var quantityReach: Int64 = 20
    /// Deposits are up to this many units of the quote and of the base assets.
    package var cashReach: Amount = 50_000
    package var goodsReach: Amount = 500
    /// Base units in a lot and quote units in a tick.
    package var lotUnits: Int64 = 1
    package var tickUnits: Int64 = 1
    /// How many live orders a member may have at first.
    package var ordersPerAccount: UInt32 = 25
    /// How many commands in a hundred bring an auction or a halt to its end.
    package var resumePercent = 8
}

extension GeneratorProfile {
    /// The profile that a seed plays.
    package static func forSeed(_ seed: UInt64) -> GeneratorProfile {
        all[Int(seed % UInt64(all.count))]
    }

    /// All profiles.
    package static let all: [GeneratorProfile] = [
        GeneratorProfile(), .auctions, .stops, .icebergs, .selfTrades, .poor, .sparse, .farApart,
        .highest, .lowest, .huge, .services, .rules, .nonsense, .crowded,
    ]

    private static var auctions: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "auctions"
        profile.kinds += [(25, .setPhase), (40, .amend)]
        profile.preventions = [
            (60, .none), (10, .cancelNewest), (20, .cancelOldest), (10, .cancelBoth),
            (20, .decrement),
        ]
        profile.icebergPercent = 30
        profile.resumePercent = 5
        profile.accounts = 4
        return profile
    }

    private static var stops: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "stops"
        profile.types = [
            (50, .limit), (10, .market), (20, .stop), (20, .stopLimit), (20, .trailingStop),
        ]
        profile.ordersPerAccount = 50
        profile.kinds += [(60, .amend), (8, .setPhase)]
        return profile
    }

    private static var icebergs: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "icebergs"
        profile.icebergPercent = 60
        profile.priceReach = 3
        profile.quantityReach = 60
        profile.goodsReach = 2_000
        profile.kinds += [(150, .amend)]
        return profile
    }

    private static var selfTrades: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "self-trades"
        profile.accounts = 3
        profile.preventions = [
            (10, .none), (20, .cancelNewest), (20, .cancelOldest), (20, .cancelBoth),
            (40, .decrement),
        ]
        profile.icebergPercent = 30
        profile.kinds += [(10, .setPhase)]
        return profile
    }

    private static var poor: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "poor"
        profile.cashReach = 2_000
        profile.goodsReach = 25
        profile.types = [
            (50, .limit), (30, .market), (15, .stop), (10, .stopLimit), (15, .trailingStop),
        ]
        profile.kinds += [(40, .setFees), (40, .withdraw)]
        return profile
    }

    private static var sparse: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "sparse"
        profile.priceStep = 4_096
        profile.priceCentre = 4_096 * 40
        profile.priceReach = 30
        profile.cashReach = 100_000_000
        return profile
    }

    private static var farApart: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "far apart"
        profile.priceStep = 1 << 18
        profile.priceCentre = 1 << 30
        profile.priceReach = 4_096
        profile.cashReach = 1 << 44
        profile.kinds += [(20, .setBand)]
        return profile
    }

    private static var highest: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "highest prices"
        profile.priceCentre = Limits.priceMax - 4
        profile.priceReach = 6
        profile.cashReach = 1 << 46
        return profile
    }

    private static var lowest: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "lowest prices"
        profile.priceCentre = 4
        profile.priceReach = 5
        profile.cashReach = 500
        return profile
    }

    private static var huge: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "huge amounts"
        profile.priceStep = 1 << 30
        profile.priceCentre = 1 << 35
        profile.priceReach = 31
        profile.quantityReach = Limits.quantityMax
        profile.cashReach = Limits.amountMax / 4
        profile.goodsReach = Limits.amountMax / 4
        profile.lotUnits = Limits.lotUnitsMax
        profile.tickUnits = Limits.tickUnitsMax
        profile.nonsensePercent = 8
        profile.kinds += [(60, .deposit), (40, .setFees)]
        return profile
    }

    private static var services: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "services"
        profile.kinds += [
            (250, .contract), (20, .defineInstrument), (60, .postBond), (30, .releaseBond),
            (20, .penalise),
        ]
        return profile
    }

    private static var rules: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "rules"
        profile.kinds += [
            (40, .setIncrements), (40, .setFees), (60, .setBand), (20, .setLimits),
            (10, .massCancel), (10, .openAccount), (10, .defineAsset), (10, .postBond),
            (5, .penalise),
        ]
        return profile
    }

    private static var nonsense: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "nonsense"
        profile.nonsensePercent = 40
        return profile
    }

    private static var crowded: GeneratorProfile {
        var profile = GeneratorProfile()
        profile.name = "crowded"
        profile.accounts = 8
        profile.ordersPerAccount = 60
        profile.priceReach = 40
        profile.cashReach = 1_000_000
        profile.goodsReach = 10_000
        profile.kinds += [(100, .cancel), (2, .massCancel)]
        return profile
    }
}
