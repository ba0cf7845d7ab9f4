"""One transaction's view of everything: the repositories on one session.

A store is made once for each connection and serves every transaction on it, so a transaction pays nothing for it.
"""

from __future__ import annotations

from rewards.history.ports import Activities, Guests, Histories, Links, Properties, Tallies
from rewards.intake.mappings import Mappings
from rewards.ledger.lots import Lots
from rewards.ledger.ports import (
    Accounts,
    Audit,
    Decisions,
    Grants,
    Idempotency,
    Imports,
    Outbox,
    RuleSets,
)
from rewards.ledger.take_rows import Takes
from rewards.ledger.waits import Waits
from rewards.storage import health, installation
from rewards.storage.accounts import SqlAccounts
from rewards.storage.activities import SqlActivities
from rewards.storage.audit import SqlAudit
from rewards.storage.decisions import SqlDecisions
from rewards.storage.grants import SqlGrants
from rewards.storage.guests import SqlGuests
from rewards.storage.histories import SqlHistories
from rewards.storage.idempotency import SqlIdempotency
from rewards.storage.imports import SqlImports
from rewards.storage.inbox import SqlInbox
from rewards.storage.jobs import SqlJobs
from rewards.storage.keys import SqlKeys
from rewards.storage.links import SqlLinks
from rewards.storage.lots import SqlLots
from rewards.storage.mappings import SqlMappings
from rewards.storage.outbox import SqlOutbox
from rewards.storage.properties import SqlProperties
from rewards.storage.rule_sets import SqlRuleSets
from rewards.storage.session import Session
from rewards.storage.sources import SqlConnections
from rewards.storage.takes import SqlTakes
from rewards.storage.tallies import SqlTallies
from rewards.storage.waits import SqlWaits


class SqlStore:
    """Everything that use cases ask of storage, on one session."""

    guests: Guests
    activities: Activities
    histories: Histories
    tallies: Tallies
    properties: Properties
    accounts: Accounts
    grants: Grants
    decisions: Decisions
    rule_sets: RuleSets
    idempotency: Idempotency
    outbox: Outbox
    audit: Audit
    imports: Imports
    lots: Lots
    takes: Takes
    links: Links
    waits: Waits
    mappings: Mappings
    keys: SqlKeys
    jobs: SqlJobs
    connections: SqlConnections
    inbox: SqlInbox
    events: SqlOutbox

    def __init__(self, session: Session) -> None:
        self.session = session
        self.guests = SqlGuests(session)
        self.activities = SqlActivities(session)
        self.histories = SqlHistories(session)
        self.tallies = SqlTallies(session)
        self.properties = SqlProperties(session)
        self.accounts = SqlAccounts(session)
        self.grants = SqlGrants(session)
        self.decisions = SqlDecisions(session)
        self.rule_sets = SqlRuleSets(session)
        self.idempotency = SqlIdempotency(session)
        self.outbox = self.events = SqlOutbox(session)
        self.audit = SqlAudit(session)
        self.imports = SqlImports(session)
        self.lots = SqlLots(session)
        self.takes = SqlTakes(session)
        self.links = SqlLinks(session)
        self.waits = SqlWaits(session)
        self.mappings = SqlMappings(session)
        self.keys = SqlKeys(session)
        self.jobs = SqlJobs(session)
        self.connections = SqlConnections(session)
        self.inbox = SqlInbox(session)

    def generation(self) -> int:
        """Grows with every change of rules, properties, perks, rates or coverage."""
        return installation.generation(self.session)

    def now_us(self) -> int:
        """The database's clock, microseconds since 1970 UTC."""
        return health.now_us(self.session)

    def counts(self) -> dict[str, int]:
        """Rows by kind, for metrics."""
        return health.counts(self.session)

    def server(self) -> dict[str, str]:
        """The database server's version and the settings that promises rest on; empty for SQLite."""
        return health.server(self.session)
