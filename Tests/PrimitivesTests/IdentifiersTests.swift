import Primitives
import Testing

@Suite("identifiers") struct IdentifiersTests {
    @Test(
        "an order identifier gives its slot back, and differs for every counter",
        arguments: [0, 1, 77, Limits.ordersMax]
    )
    func orders(slot: UInt32) {
        let counters: [UInt64] = [0, 1, 12_345, Limits.orderCounterMax]
        let names = counters.map { counter in OrderID(counter: counter, slot: slot) }
        #expect(names.allSatisfy { name in name.slot == slot })
        #expect(Set(names).count == counters.count)
        #expect(names.map { name in name.rawValue >> OrderID.slotBits } == counters)
    }

    @Test("both contracts of a trade name it, and no two trades share a contract") func contracts()
    {
        var seen: Set<ContractID> = []
        for number in [1, 2, 3, 1 << 40, UInt64.max / 2] {
            let trade = TradeID(number)
            #expect(trade.buyerContract.trade == trade)
            #expect(trade.sellerContract.trade == trade)
            seen.insert(trade.buyerContract)
            seen.insert(trade.sellerContract)
        }
        #expect(seen.count == 10)
    }

    @Test("the house owns the accounts below the reserved count") func house() {
        #expect(AccountID.clearingHouse.isReserved)
        #expect(AccountID.fees.isReserved)
        #expect(AccountID.clearingHouse != AccountID.fees)
        #expect(AccountID(AccountID.reservedCount - 1).isReserved)
        #expect(!AccountID(AccountID.reservedCount).isReserved)
    }

    @Test("prices, quantities and times are ordered by their numbers") func order() {
        #expect(Price(-1) < Price.none && Price.none < Price(1))
        #expect(Quantity.zero < Quantity(1) && !(Quantity(1) < Quantity(1)))
        #expect(Timestamp.zero < Timestamp(1) && Timestamp(1) < Timestamp(.max))
    }
}
