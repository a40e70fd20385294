package io.flocker.verify.bench.cluster;

import io.flocker.client.api.AssignmentAnswer;
import io.flocker.client.api.Report;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.NotLeading;
import io.flocker.core.model.Instance;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.NodePlanner;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.util.List;
import org.pcollections.TreePMap;

/// An agent that has done at once whatever is asked of it. Nothing runs.
final class SimulatedAgent {
    private static final long STARTED_AT = 1_700_000_000_000L;

    private final String node;
    private AssignmentAnswer assignment = new AssignmentAnswer(0, Assignment.NOTHING);
    private Offers offers = Offers.NONE;
    private byte[] report = {};

    SimulatedAgent(String node) {
        this.node = node;
    }

    /// Learns what there is to know, and does it.
    void look(Leader leader) throws NotLeading, InterruptedException {
        AssignmentAnswer nextAssignment = leader.assignment(node, assignment.revision(), 0);
        Offers nextOffers = leader.offers(offers.revision(), 0);
        if (report.length == 0
                || nextAssignment.revision() != assignment.revision()
                || nextOffers.revision() != offers.revision()) {
            assignment = nextAssignment;
            offers = nextOffers;
            report = Json.bytes(next());
        }
    }

    /// Sends its last report, as bytes like those that arrive by the network.
    void report(Leader leader) throws IOException, NotLeading, InterruptedException {
        leader.hear(node, Json.read(report, Report.class));
    }

    private Report next() {
        Observed observed = observed(assignment.assignment());
        TreePMap<String, Integer> offered = NodePlanner.plan(
                        assignment.assignment(), offers, observed, Offers.Heard.NOTHING)
                .offered();
        return new Report(
                assignment.revision(),
                observed,
                List.of(),
                List.of(),
                TreePMap.empty(),
                offered,
                offers.revision(),
                List.of(),
                0,
                0,
                List.of());
    }

    private static Observed observed(Assignment assignment) {
        TreePMap<String, Found> containers = TreePMap.empty();
        TreePMap<String, String> images = TreePMap.empty();
        TreePMap<String, String> networks = TreePMap.empty();
        for (WantedInstance instance : assignment.instances().values()) {
            if (instance.desired() == Instance.Desired.RUN) {
                containers = containers.plus(instance.key(), found(instance, containers.size()));
            }
        }
        for (WantedImage image : assignment.images().values()) {
            images = images.plus(image.reference(), "sha256:" + image.reference());
        }
        for (String environment : assignment.environments().keySet()) {
            networks = networks.plus(environment, "10.213.0.0/23");
        }
        return new Observed(
                TreePMap.empty(),
                containers,
                List.of(),
                images,
                TreePMap.empty(),
                networks,
                "routes",
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                List.of(),
                TreePMap.empty());
    }

    private static Found found(WantedInstance instance, int number) {
        return new Found(
                "container" + number,
                instance.environment(),
                instance.service(),
                instance.slot(),
                instance.release(),
                instance.restarts(),
                Found.State.RUNNING,
                Found.Health.NONE,
                "10.213.0." + number,
                true,
                0,
                STARTED_AT,
                0,
                0);
    }
}
