package io.flocker.client.api;

import io.flocker.core.cut.Cut;
import io.flocker.core.model.Node;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pcollections.TreePMap;

/// What the API is asked to do.
public final class Requests {
    private Requests() {}

    /// Make an environment what the application says.
    ///
    /// @param timeoutSeconds when the operation gives up; 0 for ten minutes
    public record Deploy(ApplicationSpec application, long timeoutSeconds) {}

    /// Restart services.
    ///
    /// @param services empty for all
    public record Restart(List<String> services, long timeoutSeconds) {}

    /// Give services another image, or the content that their image's name stands for in its registry now.
    ///
    /// @param images by service; empty for the same name
    public record Upgrade(TreePMap<String, String> images, long timeoutSeconds) {}

    /// Run more or fewer instances.
    ///
    /// @param scale by service
    public record Scale(TreePMap<String, Integer> scale, long timeoutSeconds) {}

    /// Go back to an earlier release.
    ///
    /// @param releases numbers by service; 0 for the newest before the present one that was not
    ///     given up
    /// @param withData whether volumes go back as well, to the checkpoint that the upgrade from
    ///     that release took
    public record ToRelease(TreePMap<String, Integer> releases, boolean withData, long timeoutSeconds) {}

    /// Run a job once.
    ///
    /// @param command instead of the service's; empty for that one
    /// @param variables beside the service's environment variables
    /// @param timeoutSeconds when it is stopped; 0 for what the job says
    public record Run(List<String> command, TreePMap<String, String> variables, long timeoutSeconds) {}

    /// Have a schedule come due no longer, or again.
    public record PauseSchedule(boolean paused) {}

    /// Bring a service, or a volume that no service uses, to another node.
    ///
    /// @param service empty if it is a volume
    /// @param volume empty if it is a service
    /// @param to the node; empty for wherever it fits best
    public record Move(String service, String volume, String to, long timeoutSeconds) {}

    /// Where replicas of a volume are kept from now on.
    ///
    /// @param replication empty for nowhere
    public record Replicate(Optional<ReplicationSpec> replication) {}

    /// Have a service, or a volume that no service uses, go on on another node, or go back.
    ///
    /// @param service empty if it is a volume
    /// @param volume empty if it is a service
    /// @param to the node; empty for the one that loses least
    /// @param acceptLoss whether what has not reached that node may be lost
    /// @param timeoutSeconds when the operation gives up; 0 for an hour
    public record FailOver(String service, String volume, String to, boolean acceptLoss, long timeoutSeconds) {}

    /// Exactly one of checkpoint, moment and snapshots says where to.
    ///
    /// @param services roll back only the volumes of these; empty for all
    /// @param volumes roll back only these; empty for all
    /// @param checkpoint a checkpoint's name
    /// @param atMillis the newest snapshots no younger than this; 0 if it is not said this way
    /// @param snapshots positions by volume name
    /// @param dataOnly leave the services' releases as they are
    public record RollBack(
            List<String> services,
            List<String> volumes,
            String checkpoint,
            long atMillis,
            TreePMap<String, String> snapshots,
            boolean dataOnly,
            long timeoutSeconds) {}

    /// Make environments from another one.
    ///
    /// @param names of the new ones
    /// @param checkpoint of the origin; empty to take one now
    /// @param set what their services have otherwise, by `SERVICE.image`, `SERVICE.environment.NAME` or
    ///     `SERVICE.replicas`
    /// @param hosts a template for their host names, of `{service}`, `{environment}` and `{host}`; empty for
    ///     `{environment}.{host}`
    /// @param secrets whether they get the origin's secrets
    /// @param folders whether they may write into the same folders of nodes as the origin
    /// @param refusePorts whether to refuse them if the origin publishes ports, instead of giving them free ones
    /// @param sleepAfterSeconds how long nobody talks to one before it goes to sleep; 0 for never
    /// @param expiresInSeconds after how long it is removed with its data; 0 for never
    /// @param node one with replicas of the origin's data, to make them there; empty for where the data is
    public record Branch(
            List<String> names,
            String checkpoint,
            TreePMap<String, String> set,
            String hosts,
            boolean secrets,
            boolean folders,
            boolean refusePorts,
            long sleepAfterSeconds,
            long expiresInSeconds,
            long timeoutSeconds,
            String node) {
        public static final int MAX_NAMES = 100;
    }

    /// Bring a branch to a checkpoint of its origin.
    ///
    /// @param checkpoint empty for the newest that a user has named
    public record Refresh(String checkpoint, long timeoutSeconds) {}

    /// Say how long an environment lives. What is left out stays as it is.
    ///
    /// @param sleepAfterSeconds how long nobody talks to it before it goes to sleep; 0 for never
    /// @param expiresInSeconds after how long from now it is removed with its data; 0 for never
    /// @param isProtected whether it cannot be removed
    public record Life(OptionalLong sleepAfterSeconds, OptionalLong expiresInSeconds, Optional<Boolean> isProtected) {
        /// From a minute on: an environment that is just being looked at is not to fall asleep.
        public static final long LEAST_SLEEP_SECONDS = 60;

        public static final long MOST_SECONDS = 10L * 365 * 86_400;
    }

    /// Give services other images, variables or numbers of instances.
    ///
    /// @param overrides as in [Branch#set]
    public record Set(TreePMap<String, String> overrides, long timeoutSeconds) {}

    /// Make a volume.
    ///
    /// @param cloneOf `ENVIRONMENT/VOLUME` to clone; empty for an empty volume
    /// @param snapshot position or name of the snapshot to clone; empty to take one now
    public record CreateVolume(
            String environment, String name, Optional<VolumeSpec> spec, String cloneOf, String snapshot) {}

    public record ResizeVolume(long sizeBytes) {}

    /// A new snapshot or checkpoint.
    public record Name(String name) {}

    /// Build an image. It goes on a line of its own; after that comes the context, a tar archive of at most
    /// [#MAX_CONTEXT_BYTES].
    ///
    /// @param image its name
    /// @param alias a further name for it; empty for none
    /// @param dockerfile its path within the context
    /// @param target the stage to build; empty for the last
    /// @param platform such as `linux/arm64`; empty for the node's own
    /// @param pull whether to look for newer base images
    public record Build(
            String image,
            String alias,
            String dockerfile,
            String target,
            String platform,
            TreePMap<String, String> args,
            TreePMap<String, String> labels,
            boolean pull,
            boolean noCache) {
        /// The registry that images without a name of their own seem to come from. It cannot exist: `.internal` is
        /// nobody's.
        public static final String REGISTRY = "flocker.internal/";

        public static final long MAX_CONTEXT_BYTES = 500L * 1024 * 1024;
        public static final int MAX_LINE_BYTES = 1024 * 1024;
    }

    /// A new join token.
    ///
    /// @param lifeSeconds until it expires
    /// @param uses how many nodes may join with it
    public record CreateToken(long lifeSeconds, int uses) {}

    /// A new user.
    ///
    /// @param role `viewer`, `developer`, `operator` or `admin`
    /// @param lifeSeconds until the first token expires
    public record AddUser(String name, String role, long lifeSeconds) {}

    /// Give a user another role.
    ///
    /// @param role as in [AddUser#role]
    public record ChangeUser(String role) {}

    /// Another token for a user.
    ///
    /// @param lifeSeconds until it expires
    public record CreateUserToken(long lifeSeconds) {}

    /// Say how much a user's environments, or one environment, may have; 0 for no limit. What is left out stays.
    ///
    /// @param environments how many; of a user only
    /// @param memoryBytes what all instances may set aside together
    /// @param dataBytes what volumes may hold that they share with nothing else
    public record SetQuota(OptionalLong environments, OptionalLong memoryBytes, OptionalLong dataBytes) {}

    /// Give an environment away.
    ///
    /// @param owner whose it is to be
    public record Give(String owner) {}

    /// Let a machine in.
    ///
    /// @param token the token's id
    /// @param version of the joining Flocker
    /// @param publicKeyBase64 what its certificate is to be for (X.509 SubjectPublicKeyInfo)
    /// @param clockMillis its clock
    /// @param voter whether it is to be a member of the log
    public record Join(
            String token,
            String secret,
            String name,
            String address,
            TreePMap<String, String> labels,
            String version,
            String publicKeyBase64,
            long clockMillis,
            boolean voter) {}

    /// What a node's daemon says of itself, once a second.
    ///
    /// @param logIsUp whether its log can be taken in
    /// @param certificateEndMillis when its certificate expires
    /// @param trouble why the certificate could not be renewed; empty for no trouble
    public record Control(boolean logIsUp, long certificateEndMillis, String trouble) {}

    /// A new certificate for a node.
    ///
    /// @param publicKeyBase64 what it is to be for (X.509 SubjectPublicKeyInfo)
    public record Renew(String publicKeyBase64) {}

    /// Change a node.
    ///
    /// @param labels to set
    /// @param removeLabels to take away
    /// @param availability `active` or `drained`; empty to leave it
    /// @param control `voter` or `agent`; empty to leave it
    public record ChangeNode(
            TreePMap<String, String> labels, List<String> removeLabels, String availability, String control) {
        /// Only its part in the control plane.
        public static ChangeNode control(String control) {
            return new ChangeNode(TreePMap.empty(), List.of(), "", control);
        }
    }

    /// Where a node's agent is, and how large the machine is.
    public record Here(String address, TreePMap<String, String> labels, Node.Capacity capacity) {}

    /// A registry's notification (Docker Registry, `application/vnd.docker.distribution.events.v1+json`). It has more
    /// in it, which does not matter.
    public record RegistryEvents(List<RegistryEvent> events) {}

    /// Something that happened in a registry.
    ///
    /// @param action `push`; others do not matter
    public record RegistryEvent(String action, RegistryTarget target, RegistryRequest request) {}

    /// What it happened to.
    ///
    /// @param repository `shop/web`
    /// @param tag empty if it was pushed by digest
    public record RegistryTarget(String repository, String tag, String digest, String mediaType) {}

    /// What made it happen.
    ///
    /// @param host the registry's address, as whoever pushed knows it
    public record RegistryRequest(String host) {}

    /// A node's part in a checkpoint that other nodes have a part in.
    ///
    /// @param problem why it cannot take part; empty if it can
    public record Meet(Cut cut, Phase phase, String problem) {
        /// How far the node is.
        public enum Phase {
            /// All that can be done beforehand is.
            READY,
            /// Its containers stand still.
            FROZEN,
            /// It cannot take part.
            FAILED
        }
    }

    /// A certificate for host names.
    ///
    /// @param name empty for its first host name
    /// @param certificatePem it, followed by those that signed it
    /// @param keyPem its private key, without a password
    public record AddCertificate(String name, String certificatePem, String keyPem) {}
}
