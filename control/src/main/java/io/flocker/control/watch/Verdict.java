package io.flocker.control.watch;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.spec.UpgradeSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is to be done about the content that a followed name stands for. It is worked out from the decided state alone,
/// so that another leader comes to the same one.
sealed interface Verdict {
    /// The service has it.
    record Same() implements Verdict {}

    /// It is to become the next release.
    record Upgrade() implements Verdict {}

    /// Nothing but a user's wish brings it.
    ///
    /// @param why a sentence
    record Refrain(String why) implements Verdict {}

    /// What was begun for it failed before it could make a release.
    ///
    /// @param failures how often in a row
    /// @param sinceMillis when it last did
    /// @param why it last did
    record Again(int failures, long sinceMillis, String why) implements Verdict {}

    /// About `digest`, which the name that the service's image is declared by stands for now.
    static Verdict of(ClusterState state, Environment environment, Service service, String digest) {
        String image = Optional.ofNullable(environment.application().services().get(service.name()))
                .orElse(service.spec())
                .image();
        Release current = service.release();
        if (has(current, image, digest)) {
            return new Same();
        }
        Optional<Release> before = service.releases().descendingMap().values().stream()
                .filter(release -> has(release, image, digest))
                .findFirst();
        if (before.filter(Release::failed).isPresent()) {
            return new Refrain("its content " + digest + " was given up as release "
                    + before.get().number());
        }
        if (before.isPresent() && isLeft(state, service, before.get())) {
            return new Refrain("its content " + digest + " ran as release "
                    + before.get().number() + ", and somebody went back from that to what release " + current.number()
                    + " is");
        }
        return ofOperations(state, environment, service, digest);
    }

    /// Whether somebody went back from `release`: what runs now is what there was before it, and the registry did not
    /// say so.
    private static boolean isLeft(ClusterState state, Service service, Release release) {
        Release current = service.release();
        boolean followed = state.operation(current.operation())
                .filter(operation -> operation.startedBy().equals(UpgradeSpec.WATCHER))
                .isPresent();
        return !followed
                && service.releases().headMap(release.number(), false).values().stream()
                        .anyMatch(earlier -> earlier.digest().equals(current.digest())
                                && earlier.sameAs(current.spec().runAs(earlier.spec()), current.files()));
    }

    /// What became of the operations that were to bring it since the present release was made.
    private static Verdict ofOperations(ClusterState state, Environment environment, Service service, String digest) {
        List<Operation> ended = state.operations().values().stream()
                .filter(operation -> operation.environment().equals(environment.name())
                        && !operation.running()
                        && operation.startedAtMillis() >= service.release().createdAtMillis()
                        && operation.kind() instanceof Operation.Kind.Deploy deploy
                        && digest.equals(deploy.digests().get(service.name())))
                .sorted(Comparator.comparingLong(Operation::changedAtMillis))
                .toList();
        Optional<Operation> cancelled = in(ended, Operation.State.CANCELLED).findFirst();
        if (cancelled.isPresent()) {
            return new Refrain("operation " + cancelled.get().id() + ", which was to bring its content " + digest
                    + ", was " + cancelled.get().error());
        }
        List<Operation> failed = in(ended, Operation.State.FAILED).toList();
        return failed.isEmpty()
                ? new Upgrade()
                : new Again(
                        failed.size(),
                        failed.getLast().changedAtMillis(),
                        failed.getLast().error());
    }

    private static Stream<Operation> in(List<Operation> operations, Operation.State how) {
        return operations.stream().filter(operation -> operation.state() == how);
    }

    private static boolean has(Release release, String image, String digest) {
        return release.spec().image().equals(image) && release.digest().equals(digest);
    }
}
