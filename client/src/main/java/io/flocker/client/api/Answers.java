package io.flocker.client.api;

import io.flocker.core.access.AuditEntry;
import io.flocker.core.cut.Meeting;
import io.flocker.core.model.Event;
import java.util.List;
import java.util.Optional;

/// Answers that are not one of the things in [Status].
public final class Answers {
    private Answers() {}

    public record Version(String version, String api) {}

    public record Environments(List<Status.Environment> environments) {}

    /// The releases of a service, the newest first.
    public record Releases(List<Status.Release> releases) {}

    /// What an image's name stands for in its registry.
    ///
    /// @param digest `sha256:…`
    public record Digest(String digest) {}

    /// The services that look at once whether there is something new.
    ///
    /// @param services as `ENVIRONMENT/SERVICE`
    public record Hinted(List<String> services) {}

    public record Volumes(List<Status.Volume> volumes) {}

    public record Snapshots(List<Status.VolumeSnapshot> snapshots) {}

    public record Operations(List<Status.Operation> operations) {}

    public record Nodes(List<Status.Node> nodes) {}

    public record Events(List<Event> events) {}

    /// What a change started, or would do.
    ///
    /// @param operation the operation's id; empty when nothing was started
    /// @param changes step by step, in words
    /// @param waited how the operation stands, if its end was waited for
    public record Change(String operation, List<String> changes, Optional<Waited> waited) {
        public Change(String operation, List<String> changes) {
            this(operation, changes, Optional.empty());
        }
    }

    /// An operation whose end was waited for.
    ///
    /// @param state as in [Status.Operation#state]; `running` if it was not waited for long enough
    /// @param addresses where its environment is reached; none if it is gone
    public record Waited(String state, List<Address> addresses) {}

    /// Where a service is reached.
    ///
    /// @param url such as `https://alice.shop.example.com`, `http://10.0.0.11:30000` or `tcp://10.0.0.11:30001`
    public record Address(String service, String url) {}

    /// What became of each branch that was asked for.
    public record Branches(List<Branch> branches) {}

    /// A branch that is being made, or is not.
    ///
    /// @param operation the operation that makes it; empty if none does
    /// @param changes step by step, in words
    /// @param error why it is not made; empty if it is
    /// @param waited how the operation stands, if its end was waited for
    public record Branch(
            String environment, String operation, List<String> changes, String error, Optional<Waited> waited) {
        public Branch(String environment, String operation, List<String> changes, String error) {
            this(environment, operation, changes, error, Optional.empty());
        }

        /// One that a request before this one has begun.
        public static Branch begun(String environment, String operation) {
            return new Branch(environment, operation, List.of(), "");
        }

        /// The same, being made by an operation.
        public Branch by(String next) {
            return new Branch(environment, next, changes, error);
        }
    }

    /// What a branch has otherwise than it was made with.
    ///
    /// @param volumes with what they have of their own, in bytes
    /// @param files of each volume, if they were asked for
    public record Differences(
            String environment,
            Status.Origin origin,
            List<Difference> services,
            List<Status.Volume> volumes,
            List<VolumeFiles> files) {}

    /// The files of a volume that are otherwise than when its branch was made.
    ///
    /// @param more whether there are others
    /// @param error why they are not known; empty if they are
    public record VolumeFiles(String volume, List<ChangedFile> files, boolean more, String error) {}

    /// A file that is otherwise.
    ///
    /// @param path below the volume's directory
    /// @param change `added`, `modified` or `removed`
    public record ChangedFile(String path, String change) {}

    /// A thing that is otherwise.
    ///
    /// @param key as in [Requests.Branch#set]
    /// @param before what it is in the origin
    /// @param now what it is in the branch
    public record Difference(String key, String before, String now) {}

    /// An image on the node where an environment's services run.
    ///
    /// @param id what it is made of; empty if it is not there
    public record Image(String name, String id) {}

    /// A piece of what a build tells, one of them a line.
    ///
    /// @param text printed by the build
    /// @param image the id of the image that was built; ends the build
    /// @param error why it failed; ends the build
    public record BuildOutput(String text, String image, String error) {}

    public record Schedules(List<Status.Schedule> schedules) {}

    public record Runs(List<Status.Run> runs) {}

    public record Tokens(List<Status.Token> tokens) {}

    /// A join token, this once with its text.
    public record NewToken(Status.Token token, String text) {}

    public record Users(List<Status.User> users) {}

    /// A user, this once with the text of a new token.
    ///
    /// @param token the token's id
    /// @param text what follows `Authorization: Bearer`
    public record NewUserToken(Status.User user, String token, String text) {}

    /// Who the caller is.
    ///
    /// @param environments those that are theirs
    public record WhoAmI(String name, String role, List<String> environments) {}

    public record Quotas(List<Status.Quota> quotas) {}

    public record Audit(List<AuditEntry> entries) {}

    /// A node's part in the control plane.
    public enum Standing {
        /// None.
        AGENT,
        /// It is to be a member of the log, which takes it in once its log, an empty one, is up.
        NEW_VOTER,
        /// It is a member of the log, and must have the log it had.
        VOTER
    }

    /// What a node's daemon needs to know of the control plane.
    ///
    /// @param apis of the nodes that have one
    /// @param generation of the cluster's log: 0 for the one that it was founded with, one more after each recovery
    public record Control(List<String> apis, Standing standing, long generation) {}

    /// Which log of its cluster a node goes by.
    ///
    /// @param generation as in [Control]
    /// @param apis of the nodes with a control plane, as far as the node knows
    public record Generation(long generation, List<String> apis) {}

    /// A cluster that was made anew, or would be.
    ///
    /// @param node the one that it has its log from
    /// @param generation as in [Control]
    /// @param entries how many entries that log has
    /// @param lost the voters that are given up
    public record Recovered(String node, long generation, long entries, List<String> lost) {}

    /// Where the leader's API is; empty if there is none for now.
    public record Leader(String api) {}

    /// The cluster's authority, for a new voter.
    ///
    /// @param keyBase64 its private key (PKCS #8, DER)
    /// @param certificateBase64 its certificate (X.509, DER)
    public record Authority(String keyBase64, String certificateBase64) {}

    /// A node's new certificate (X.509, DER).
    public record Certificate(String certificateBase64) {}

    /// What a machine that joined needs.
    ///
    /// @param certificateBase64 its own (X.509, DER)
    /// @param authorityBase64 the cluster's
    /// @param apis where the control plane is
    public record Joined(String certificateBase64, String authorityBase64, List<String> apis) {}

    /// What a node that takes a checkpoint together with others does next.
    ///
    /// @param reason why it comes to nothing, or whom it still waits for; empty to go on
    public record Met(Meeting.Verdict verdict, String reason) {}

    /// Certificates of host names.
    public record Certificates(List<Status.Certificate> certificates) {}

    /// What whoever believes the cluster's authority needs.
    public record PublicAuthority(String certificatePem) {}

    /// What could fail over, in the order to do it in.
    public record Failovers(List<Status.Failover> failovers) {}
}
