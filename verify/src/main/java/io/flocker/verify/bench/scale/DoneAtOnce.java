package io.flocker.verify.bench.scale;

import io.flocker.client.api.Report;
import io.flocker.core.delta.Assigned;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Instance;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.NodePlanner;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.StoredVolume;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What a node reports that has done at once whatever was asked of it. Nothing runs.
public final class DoneAtOnce {
    private static final long STARTED_AT = 1_700_000_000_000L;

    private DoneAtOnce() {}

    /// Holds the tenures of all volumes that it is to write.
    ///
    /// @param offers what its proxy follows
    public static Report report(Assigned assigned, Offers offers) {
        Assignment assignment = assigned.assignment();
        Observed observed = observed(assignment);
        TreePMap<String, Integer> offered = NodePlanner.plan(
                        assignment, offers, observed, Offers.Heard.NOTHING, Optional.empty())
                .offered();
        return new Report(
                assigned.revision(),
                observed,
                List.of(),
                List.of(),
                TreePMap.empty(),
                offered,
                offers.revision(),
                List.of(),
                0,
                0,
                held(assignment),
                Optional.empty());
    }

    private static List<Tenure> held(Assignment assignment) {
        return assignment.volumes().values().stream()
                .filter(WantedVolume::ofPrimary)
                .map(WantedVolume::tenure)
                .sorted()
                .toList();
    }

    private static Observed observed(Assignment assignment) {
        TreePMap<String, StoredVolume> volumes = TreePMap.empty();
        TreePMap<String, Found> containers = TreePMap.empty();
        TreePMap<String, String> images = TreePMap.empty();
        TreePMap<String, String> networks = TreePMap.empty();
        for (WantedVolume volume : assignment.volumes().values()) {
            volumes = volumes.plus(
                    volume.id(),
                    new StoredVolume(volume.id(), volume.head().epoch(), List.of(), volume.limitBytes(), ""));
        }
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
                volumes,
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
                TreePMap.empty(),
                List.of());
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
