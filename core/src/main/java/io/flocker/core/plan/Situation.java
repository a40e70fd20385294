package io.flocker.core.plan;

import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedVolume;
import java.util.Optional;

/// What a node should have beside what it has, and the questions that take both to answer.
record Situation(Assignment assignment, Observed observed) {
    /// How an observation names an image that is here: ALWAYS is satisfied only by a pull of the operation that asked.
    static String key(WantedImage image) {
        return switch (image.pull()) {
            case MISSING, NEVER -> image.reference();
            case ALWAYS -> image.reference() + " since " + image.since();
        };
    }

    boolean isHere(WantedImage image) {
        return observed.images().containsKey(key(image));
    }

    /// Whether everything an instance needs to start is here: image, network, and its volumes' present heads.
    boolean ready(WantedInstance instance) {
        WantedImage image = assignment.images().get(instance.spec().image());
        return image != null
                && isHere(image)
                && observed.networks().containsKey(instance.environment())
                && headsAreHere(instance);
    }

    /// Whether this node has the lease for everything that an instance writes only under one.
    boolean mayWrite(WantedInstance instance) {
        return observed.leased().containsAll(assignment.tenures(instance));
    }

    boolean headsAreHere(WantedInstance instance) {
        return instance.volumes().values().stream().allMatch(this::headIsHere);
    }

    private boolean headIsHere(String id) {
        WantedVolume wanted = assignment.volumes().get(id);
        StoredVolume stored = observed.volumes().get(id);
        return wanted != null
                && stored != null
                && wanted.ofPrimary()
                && !wanted.delete()
                && stored.headEpoch() == wanted.head().epoch();
    }

    /// Whether a snapshot is on its way here: another volume's, of which this node has a replica.
    boolean isComing(Optional<SnapshotId> snapshot) {
        return snapshot.filter(id -> {
                    WantedVolume source = assignment.volumes().get(id.volume());
                    StoredVolume stored = observed.volumes().get(id.volume());
                    return source != null
                            && !source.ofPrimary()
                            && source.keep().contains(id)
                            && (stored == null || !stored.snapshots().contains(id.position()));
                })
                .isPresent();
    }

    /// Whether a head is still to be made from `volume`, from `position` or, if that is empty, from any snapshot of it.
    boolean isNeeded(String volume, String position) {
        return assignment.volumes().values().stream()
                .filter(other -> other.ofPrimary() && !other.delete())
                .filter(other -> other.head().base().stream()
                        .anyMatch(base -> base.volume().equals(volume)
                                && (position.isEmpty() || base.position().equals(position))))
                .map(other -> observed.volumes().get(other.id()))
                .anyMatch(stored -> stored == null || stored.headEpoch() == 0);
    }

    /// Whether no container that mounts the volume runs. Of one that should not be here nobody knows what it mounts: it
    /// may have been started for an agent that has died since.
    boolean isIdle(WantedVolume volume) {
        return observed.surplus().isEmpty()
                && observed.containers().values().stream()
                        .filter(Found::running)
                        .noneMatch(found -> {
                            WantedInstance instance = assignment.instances().get(found.key());
                            return instance == null
                                    ? found.environment().equals(volume.environment())
                                    : instance.volumes().containsValue(volume.id());
                        });
    }

    /// Whether an environment has containers here that it is not to have: until they are gone, they may still write.
    boolean hasStray(String environment) {
        return observed.containers().values().stream()
                .anyMatch(found -> found.environment().equals(environment)
                        && !assignment.instances().containsKey(found.key()));
    }

    /// Whether a container is that of a job which has started and ended.
    boolean isOver(WantedInstance instance, Found found) {
        return instance.spec().job().isPresent()
                && instance.is(found)
                && found.state() == Found.State.EXITED
                && found.startedAtMillis() > 0;
    }

    /// Whether a container is an earlier release or restart whose successor could start now.
    boolean outdated(WantedInstance instance, Found found) {
        return switch (instance.desired()) {
            case PREPARE -> false;
            case RUN -> !instance.is(found) && (ready(instance) || isInTheWay(instance));
            case STOP -> true;
        };
    }

    /// Whether a volume is to have another head, which cannot be made while a container runs on the
    /// one before: an engine may have started it late, for an agent that has died since.
    private boolean isInTheWay(WantedInstance instance) {
        return instance.volumes().values().stream().anyMatch(id -> {
            WantedVolume wanted = assignment.volumes().get(id);
            StoredVolume stored = observed.volumes().get(id);
            return wanted != null
                    && stored != null
                    && wanted.ofPrimary()
                    && !wanted.delete()
                    && stored.headEpoch() > 0
                    && stored.headEpoch() < wanted.head().epoch();
        });
    }

    /// Whether traffic may go to a container: one that is about to stop leaves the routing table first,
    /// and one whose successor has the requests is not in it.
    boolean takesTraffic(WantedInstance instance, Found found) {
        boolean relieved = instance.weight().orElse(1) == 0;
        return answers(instance, found) && !relieved && !instance.suspended() && !outdated(instance, found);
    }

    /// Whether requests may reach a container that were sent to it before it was to stop.
    boolean answers(WantedInstance instance, Found found) {
        return found.serving() && !found.address().isEmpty() && !instance.held();
    }
}
