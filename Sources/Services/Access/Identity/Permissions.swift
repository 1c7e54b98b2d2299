/// Something that may be asked for.
public enum AccessAction: String, CaseIterable, Sendable {
    /// Read prices, trades without names, the log.
    case readMarket = "read_market"
    /// Read the own orders, trades, balances, contracts and bundles.
    case readOwn = "read_own"
    /// Place or amend an order.
    case placeOrder = "place_order"
    /// Cancel own orders.
    case cancelOrder = "cancel_order"
    /// Get test funds.
    case deposit
    /// Ask for a withdrawal.
    case requestWithdrawal = "request_withdrawal"
    /// Add and revoke the own keys, see and end the own sessions.
    case manageKeys = "manage_keys"
    /// Make and revoke the own API keys.
    case manageAPIKeys = "manage_api_keys"
    /// Approve or refuse others' withdrawals.
    case approveWithdrawal = "approve_withdrawal"
    /// Read others' data, each time with a reason and a record of it.
    case readCrossTenant = "read_cross_tenant"
    /// Read the audit.
    case readAudit = "read_audit"
    /// Halt and open instruments, change the rulebook.
    case operateVenue = "operate_venue"
    /// Give roles, lock users out.
    case manageUsers = "manage_users"
}

/// Who may do what: the one table of it.
public enum Permissions {
    /// One line of the table.
    public struct Rule: Sendable {
        /// What is asked for.
        public let action: AccessAction
        /// Whoever has one of these roles may do it.
        public let roles: Roles
        /// The scope that an API key needs for it; none if only a person who signed in may do it.
        public let scope: Scopes?
    }

    /// The table.
    public static let table: [Rule] = [
        rule(.readMarket, [.trader, .observer, .regulator, .operator], .read),
        rule(.readOwn, [.trader, .observer, .regulator, .operator], .read),
        rule(.placeOrder, .trader, .trade),
        rule(.cancelOrder, .trader, .trade),
        rule(.deposit, .trader, .trade),
        rule(.requestWithdrawal, .trader, .withdraw),
        rule(.manageKeys, [.trader, .observer, .regulator, .operator], nil),
        rule(.manageAPIKeys, [.trader, .observer, .regulator, .operator], nil),
        rule(.approveWithdrawal, .operator, nil),
        rule(.readCrossTenant, [.regulator, .operator], .read),
        rule(.readAudit, [.regulator, .operator], .read),
        rule(.operateVenue, .operator, nil),
        rule(.manageUsers, .operator, nil),
    ]

    private static func rule(_ action: AccessAction, _ roles: Roles, _ scope: Scopes?) -> Rule {
        Rule(action: action, roles: roles, scope: scope)
    }

    /// Why a principal may not do something; none if he may.
    ///
    /// What is not in the table is nobody's to do.
    public static func refusal(
        of action: AccessAction,
        to principal: Principal
    ) -> AccessRefusal? {
        guard let rule = table.first(where: { rule in rule.action == action }),
            !rule.roles.isDisjoint(with: principal.roles)
        else { return .notAllowed }
        if case .apiKey = principal.method {
            guard let scope = rule.scope, principal.scopes.contains(scope) else {
                return .insufficientScope
            }
        } else if rule.scope == nil, !principal.isSession {
            return .notAllowed
        }
        return nil
    }
}

extension Principal {
    /// Lets the principal do something, or does not.
    ///
    /// - Parameter action: What he asks for.
    /// - Throws: `refused` with `notAllowed` or `insufficientScope`.
    public func require(_ action: AccessAction) throws(AccessError) {
        if let refusal = Permissions.refusal(of: action, to: self) { throw .refused(refusal) }
    }
}
