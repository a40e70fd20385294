package io.flocker.core.certificate;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.HostCertificate;
import java.util.regex.Pattern;
import org.pcollections.TreePMap;

/// What commands do to certificates of host names.
public final class CertificateChanges {
    /// Most certificates of a cluster: every node has them all.
    public static final int MAX_CERTIFICATES = 1_000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9*][a-z0-9*._-]{0,252}");

    private CertificateChanges() {}

    public static Outcome after(ClusterState state, Command.OfCertificates command) {
        return switch (command) {
            case Command.AddCertificate c -> add(state, c);
            case Command.DeleteCertificate c -> delete(state, c);
            case Command.KeepCertificates c -> keep(state, c);
        };
    }

    /// A user's certificate is shown for its host names from now on, in the place of the cluster's own.
    private static Outcome add(ClusterState state, Command.AddCertificate command) {
        HostCertificate added = command.certificate();
        if (!NAME.matcher(added.name()).matches()) {
            return refused(
                    Outcome.Reason.INVALID,
                    "A certificate cannot be called \"" + added.name()
                            + "\"; use lower-case letters, digits, '-', '_' and '.': --name NAME");
        }
        if (added.endMillis() <= command.atMillis()) {
            return refused(Outcome.Reason.INVALID, "Certificate " + added.name() + " has expired; get a new one");
        }
        HostCertificate before = state.certificates().get(added.name());
        TreePMap<String, HostCertificate> next = state.certificates();
        for (HostCertificate known : state.certificates().values()) {
            boolean replaced = known.ofCluster()
                    && added.holds(command.atMillis())
                    && known.hosts().stream().allMatch(added::covers);
            next = replaced ? next.minus(known.name()) : next;
        }
        if (before == null && next.size() >= MAX_CERTIFICATES) {
            return refused(
                    Outcome.Reason.CONFLICT,
                    "There are " + MAX_CERTIFICATES
                            + " certificates, which is the most; flocker certificate rm some, or add one for *.…");
        }
        return new Outcome.Accepted(state.withCertificates(next.plus(added.name(), added))
                .telling(
                        command.atMillis(),
                        "",
                        "certificate " + added.name(),
                        (before == null ? "Added by " : "Replaced by ") + command.by()));
    }

    private static Outcome delete(ClusterState state, Command.DeleteCertificate command) {
        HostCertificate known = state.certificates().get(command.name());
        if (known == null) {
            return refused(
                    Outcome.Reason.NOT_FOUND,
                    "There is no certificate \"" + command.name() + "\"; flocker certificate ls shows them");
        }
        if (known.ofCluster()) {
            return refused(
                    Outcome.Reason.CONFLICT,
                    "The cluster made certificate " + known.name() + " itself, and would again: it goes with its host"
                            + " name, or when you add one of your own: flocker certificate add");
        }
        return new Outcome.Accepted(state.withCertificates(state.certificates().minus(command.name()))
                .telling(command.atMillis(), "", "certificate " + command.name(), "Removed by " + command.by()));
    }

    /// The cluster's own follow the host names that it serves.
    private static Outcome keep(ClusterState state, Command.KeepCertificates command) {
        TreePMap<String, HostCertificate> next = state.certificates();
        for (String name : command.forget()) {
            next = name.startsWith(HostCertificate.CLUSTER) ? next.minus(name) : next;
        }
        for (HostCertificate made : command.made()) {
            boolean room = next.containsKey(made.name()) || next.size() < MAX_CERTIFICATES;
            next = made.ofCluster() && room ? next.plus(made.name(), made) : next;
        }
        return next.equals(state.certificates())
                ? refused(Outcome.Reason.CONFLICT, "There is nothing to keep, or no room")
                : new Outcome.Accepted(state.withCertificates(next));
    }

    private static Outcome refused(Outcome.Reason reason, String why) {
        return new Outcome.Refused(reason, why);
    }
}
