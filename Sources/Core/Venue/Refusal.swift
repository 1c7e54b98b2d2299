/// Why a command was not carried out.
///
/// The numbers are stable: they are never reused and never change their meaning. They are also the order
/// of precedence: a command that breaks several rules is refused for the one with the lowest number.
public enum Refusal: UInt16, Error, BitwiseCopyable, Sendable, CaseIterable {
    // What the command names.

    /// The account was never opened.
    case unknownAccount = 1
    /// The account belongs to the house and cannot do this.
    case reservedAccount = 2
    /// The asset was never defined.
    case unknownAsset = 3
    /// The instrument was never defined.
    case unknownInstrument = 4
    /// No live order of the account has that name.
    case unknownOrder = 5
    /// No trade has that number.
    case unknownContract = 6

    // What state it is in.

    /// The account exists already.
    case accountExists = 10
    /// The asset exists already.
    case assetExists = 11
    /// The instrument exists already.
    case instrumentExists = 12
    /// The instrument is closed.
    case instrumentClosed = 13
    /// The instrument is halted.
    case instrumentHalted = 14
    /// The instrument cannot go from its phase to that one.
    case illegalPhaseChange = 15
    /// The contract was settled, failed or expired; a spot contract is settled from the start.
    case contractEnded = 16
    /// The contract's window has not ended.
    case contractWindowOpen = 17
    /// There was a penalty for this evidence before.
    case evidenceUsed = 18

    // Whether it makes sense.

    /// A number is outside its range: an identifier, a rate, a band, an increment, a window; or a settlement names
    /// no certificate.
    case invalidRule = 20
    /// The order's fields do not go together.
    case invalidOrder = 21
    /// The phase takes no such order.
    case notInThisPhase = 22
    /// The quantity is not between 1 and the instrument's largest.
    case invalidQuantity = 23
    /// The quantity is not a multiple of the instrument's increment.
    case quantityOffIncrement = 24
    /// The displayed quantity is negative or larger than the quantity, or off the increment.
    case invalidDisplay = 25
    /// The price is not between 1 and `Limits.priceMax`.
    case invalidPrice = 26
    /// The price is not a multiple of the instrument's increment.
    case priceOffIncrement = 27
    /// The price is outside the band.
    case priceOutsideBand = 28
    /// The trigger price is out of range or off the increment.
    case invalidTrigger = 29
    /// The trailing distance is out of range or off the increment.
    case invalidTrail = 30
    /// The expiry is missing, superfluous, or not in the future.
    case invalidExpiry = 31
    /// The amount is not above 0, or larger than the venue can hold.
    case invalidAmount = 32
    /// The amendment must keep the order's priority, and is not just a smaller quantity.
    case wouldLosePriority = 33

    // Whether there is room.

    /// A live order of the account has this client order id.
    case duplicateClientID = 40
    /// The account has as many live orders as it may.
    case tooManyOrders = 41
    /// As many trailing stops wait on the instrument as may.
    case tooManyTrailingStops = 42
    /// The venue is full: orders, balances, contracts, bonds or penalties.
    case venueFull = 43

    // Whether it can be paid.

    /// The account does not have that much available.
    case insufficientFunds = 50
    /// The account's bond in the asset is smaller.
    case insufficientBond = 51

    // Whether the market allows it.

    /// The order must not take, and would.
    case wouldTake = 60
}
