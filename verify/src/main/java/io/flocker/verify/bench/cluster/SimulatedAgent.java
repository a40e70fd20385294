package io.flocker.verify.bench.cluster;

import io.flocker.client.api.Report;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.NotLeading;
import io.flocker.core.delta.Assigned;
import io.flocker.core.plan.Offers;
import io.flocker.core.wire.Json;
import io.flocker.verify.bench.scale.DoneAtOnce;
import java.io.IOException;

/// An agent that has done at once whatever is asked of it, in the leader's own process.
final class SimulatedAgent {
    private final String node;
    private Assigned assignment = Assigned.NOTHING;
    private Offers offers = Offers.NONE;
    private byte[] report = {};

    SimulatedAgent(String node) {
        this.node = node;
    }

    /// Learns what there is to know, and does it.
    void look(Leader leader) throws NotLeading, InterruptedException {
        Assigned nextAssignment = leader.assignment(node, assignment.revision(), 0)
                .after(assignment)
                .orElseThrow();
        Offers nextOffers = leader.offers(offers.revision(), 0).after(offers).orElseThrow();
        if (report.length == 0
                || nextAssignment.revision() != assignment.revision()
                || nextOffers.revision() != offers.revision()) {
            assignment = nextAssignment;
            offers = nextOffers;
            report = Json.bytes(DoneAtOnce.report(assignment, offers));
        }
    }

    /// Sends its last report, as bytes like those that arrive by the network.
    void report(Leader leader) throws IOException, NotLeading, InterruptedException {
        leader.hear(node, Json.read(report, Report.class));
    }
}
