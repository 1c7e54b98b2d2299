import Primitives
import Testing

@Suite("limits") struct LimitsTests {
    @Test("the largest notional with its fee is an amount, and two amounts can be added")
    func amounts() {
        let notional =
            Amount(Limits.priceMax) * Amount(Limits.quantityMax) * Amount(Limits.tickUnitsMax)
        let fee = notional / 1_000_000 * Amount(Limits.feeRateMax)
        #expect(fee <= notional)
        #expect(notional + fee <= Limits.amountMax)
        #expect(Amount(Limits.quantityMax) * Amount(Limits.lotUnitsMax) <= Limits.amountMax)
        #expect(Limits.amountMax <= Amount.max / 2)
    }

    @Test("a price has six digits of six bits") func prices() {
        #expect(Limits.priceMax == 1 << 36 - 1)
    }

    @Test("an order identifier holds every slot and every counter") func orders() {
        #expect(Limits.ordersMax == UInt32(1 << OrderID.slotBits - 1))
        #expect(Limits.orderCounterMax == UInt64.max >> OrderID.slotBits)
        let last = OrderID(counter: Limits.orderCounterMax, slot: Limits.ordersMax)
        #expect(last.rawValue == UInt64.max)
        #expect(last.slot == Limits.ordersMax)
    }

    @Test("the quantities of all live orders together fit 63 bits") func quantities() {
        let (sum, overflow) = Limits.quantityMax.multipliedReportingOverflow(
            by: Int64(Limits.ordersMax)
        )
        #expect(!overflow)
        #expect(sum > 0)
    }

    @Test("the house's accounts are a small part of all accounts") func accounts() {
        #expect(AccountID.reservedCount < Limits.accountsMax)
        #expect(Limits.balancesMax >= Limits.accountsMax)
        #expect(Limits.trailingStopsMax < Limits.ordersMax)
    }
}
