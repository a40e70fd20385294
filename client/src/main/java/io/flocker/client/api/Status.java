package io.flocker.client.api;

import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Node.Capacity;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.model.Snapshot;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Transfer;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ReplicationSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pcollections.TreePMap;

/// What the API shows of things: what was decided beside what was last seen.
public final class Status {
    private Status() {}

    /// An environment.
    ///
    /// @param state `running`, `starting`, `waiting` (for a place for instances), `degraded`, `asleep`,
    ///     `stopping` (falling asleep), `stopped` or the verb of the operation changing it
    /// @param operation the id of the operation changing it; empty for none
    /// @param owner whose it is: who made it, until it is given to somebody else
    /// @param origin what it is a branch of
    /// @param life when it sleeps, and how long it lives
    public record Environment(
            String name,
            long version,
            String state,
            String operation,
            List<Service> services,
            List<Volume> volumes,
            TreePMap<String, Checkpoint> checkpoints,
            List<Problem> problems,
            long createdAtMillis,
            String owner,
            Optional<Origin> origin,
            Life life) {
        /// The state of one that falls asleep, until its last container is gone.
        public static final String STOPPING = "stopping";

        /// The same with its volumes as they are told elsewhere.
        public Environment with(List<Volume> volumes) {
            return new Environment(
                    name,
                    version,
                    state,
                    operation,
                    services,
                    volumes,
                    checkpoints,
                    problems,
                    createdAtMillis,
                    owner,
                    origin,
                    life);
        }
    }

    /// When an environment sleeps, and how long it lives.
    ///
    /// @param asleep whether it is: nothing of it runs until somebody connects to it
    /// @param sleepAfterMillis how long nobody talks to it before it goes to sleep by itself; 0 for never
    /// @param expiresAtMillis when it is removed with its data; 0 for never
    /// @param isProtected whether it cannot be removed
    public record Life(boolean asleep, long sleepAfterMillis, long expiresAtMillis, boolean isProtected) {}

    /// Where a branch comes from.
    ///
    /// @param checkpoint of that environment
    /// @param atMillis when it was taken
    public record Origin(String environment, String checkpoint, long atMillis) {
        @Override
        public String toString() {
            return environment + "@" + checkpoint;
        }
    }

    /// A service.
    ///
    /// @param serving how many instances take traffic, or have completed if it is a job
    /// @param urls of its host names, one for each
    /// @param waits what it is waiting for, in words; empty for nothing
    /// @param load how busy it is beside its targets, in words, if its number of instances follows that; else empty
    /// @param follows what its number of instances follows: `load`, `cores` or `nodes`; empty for nothing
    public record Service(
            String name,
            String image,
            int release,
            int scale,
            int serving,
            List<Port> ports,
            List<String> hosts,
            List<String> urls,
            List<Instance> instances,
            String waits,
            String load,
            String follows) {
        /// One between two bounds, as busy as it is.
        public static final String LOAD = "load";

        /// One for each core of each node that suits, or that a deployment file names.
        public static final String CORES = "cores";

        /// One on each node that suits.
        public static final String NODES = "nodes";
    }

    /// A release of a service.
    ///
    /// @param digest the content its image's name stood for; empty if nobody asked
    /// @param state `current`, `failed` (it was given up) or `earlier`
    /// @param instances how many run it
    /// @param operation the one that made it
    public record Release(
            String service,
            int number,
            String image,
            String digest,
            String state,
            int instances,
            long createdAtMillis,
            String operation) {}

    /// An instance.
    ///
    /// @param state `preparing`, `pulling`, `starting`, `running`, `healthy`, `unhealthy`,
    ///     `restarting`, `exited`, `completed`, `stopping`
    /// @param part `held` (it gets no requests yet), `standby` (none any more, unless its
    ///     successor fails), `canary` (it tries its release for the others); empty for none of
    ///     these
    /// @param sharePercent how much of its service's requests it gets
    /// @param image of its release
    /// @param placedBy the rules that chose its node, in words
    /// @param container the engine's id; empty if there is none
    public record Instance(
            String name,
            String node,
            String placedBy,
            int release,
            String image,
            String state,
            String part,
            double sharePercent,
            String container,
            int exitCode,
            int failures,
            long startedAtMillis,
            long endedAtMillis) {}

    /// Words for an instance's part.
    public static final String HELD = "held";

    public static final String STANDBY = "standby";
    public static final String CANARY = "canary";

    /// A volume.
    ///
    /// @param usedBytes what its head refers to; -1 if not asked for or unknown
    /// @param exclusiveBytes what deleting it would give back; -1 likewise
    /// @param home the node it was on before it failed over; empty if it is where it belongs
    /// @param blocked why no replica takes over although its node is gone; empty if nothing keeps one
    /// @param divergedFrom for what a former primary wrote after others went on without it: the position that
    ///     they went on from; else empty
    public record Volume(
            String id,
            String environment,
            String name,
            String primary,
            long epoch,
            long sizeBytes,
            int snapshots,
            String state,
            String problem,
            long usedBytes,
            long exclusiveBytes,
            long createdAtMillis,
            Optional<ReplicationSpec> replication,
            List<Replica> replicas,
            String home,
            String blocked,
            String divergedFrom) {
        public Volume withUsage(long newUsedBytes, long newExclusiveBytes) {
            return new Volume(
                    id,
                    environment,
                    name,
                    primary,
                    epoch,
                    sizeBytes,
                    snapshots,
                    state,
                    problem,
                    newUsedBytes,
                    newExclusiveBytes,
                    createdAtMillis,
                    replication,
                    replicas,
                    home,
                    blocked,
                    divergedFrom);
        }
    }

    /// A replica of a volume.
    ///
    /// @param state `in step`, `behind`, `seeding`, `away` or `returning`
    /// @param position the newest snapshot for replication that it has; empty for none
    /// @param lagMillis how old that is; -1 for none
    /// @param lagBytes about how much was written since then, by what came last; -1 if that is not known
    /// @param bytesPerSecond how fast that came; 0 if nothing has
    /// @param transfer what is on its way to it
    /// @param problem why the last attempt failed; empty for nothing
    /// @param retryAtMillis when it is tried again; 0 for nothing
    public record Replica(
            String node,
            String state,
            String position,
            long lagMillis,
            long lagBytes,
            long bytesPerSecond,
            Optional<Transfer> transfer,
            String problem,
            long retryAtMillis) {
        public static final String IN_STEP = "in step";
    }

    /// Something that could fail over.
    ///
    /// @param service empty if it is a volume that none uses
    /// @param volume empty if it is a service
    /// @param to the node that would take it; empty if none can
    /// @param lossMillis how much of the past that one lacks; 0 if the node is heard, which hands over all of it
    /// @param lossBytes about how much was written in that time; -1 if that is not known
    /// @param heard whether the node it is on is there
    /// @param objections why no node can take it; empty if one can
    /// @param home as in [Volume#home]
    public record Failover(
            String environment,
            String service,
            String volume,
            String from,
            String to,
            long lossMillis,
            long lossBytes,
            boolean heard,
            String objections,
            String home) {
        /// The service's or the volume's name.
        public String name() {
            return service.isEmpty() ? volume : service;
        }
    }

    /// A snapshot of a volume.
    public record VolumeSnapshot(String environment, String volume, Snapshot snapshot) {}

    /// A schedule of an environment.
    ///
    /// @param cron the five fields of Unix cron
    /// @param steps in words
    /// @param notifyUrl the URL that is told of failures; empty for none
    /// @param dueMillis when it is due next; 0 while it is paused, or nobody has worked it out yet
    /// @param queued whether a due time waits for the present run's end
    /// @param runs newest first, each with what it has done; the last few are remembered
    public record Schedule(
            String environment,
            String name,
            String cron,
            String zone,
            String overlap,
            List<String> steps,
            String notifyUrl,
            long dueMillis,
            boolean paused,
            boolean queued,
            List<ScheduleRun> runs) {}

    /// A run of a job.
    ///
    /// @param id of its operation
    /// @param command instead of the service's; empty for that one
    /// @param state `starting`, `running`, `stopping`, `done`, `failed` or `cancelled`
    /// @param startedAtMillis of its container; 0 if it was not seen to have started
    /// @param endedAtMillis likewise
    /// @param exitCode of its container; empty while it has not ended
    /// @param error why it failed, in words; empty for nothing
    /// @param log the end of what it printed, where one run is asked for
    public record Run(
            String id,
            String environment,
            String service,
            List<String> command,
            String startedBy,
            String node,
            String state,
            long askedAtMillis,
            long startedAtMillis,
            long endedAtMillis,
            Optional<Integer> exitCode,
            String error,
            String log) {
        public static final String STARTING = "starting";
        public static final String RUNNING = "running";

        /// Whether its container ended, and nobody stopped it: its exit status is then what it has to say.
        public boolean endedByItself() {
            return state.equals("done")
                    || (state.equals("failed")
                            && exitCode.isPresent()
                            && error.equals(service + " ended with exit code " + exitCode.get()));
        }

        /// Whether it has not ended.
        public boolean goesOn() {
            return state.equals(STARTING) || state.equals(RUNNING) || state.equals("stopping");
        }
    }

    /// An operation.
    ///
    /// @param state `running`, `pausing` (until what stands still for it serves), `paused`,
    ///     `cancelling`, `done`, `failed` or `cancelled`
    /// @param waiting what its phase still waits for
    /// @param transfers snapshots on their way, in bytes
    /// @param problems failed steps that concern its environment, with their next try
    public record Operation(
            String id,
            String verb,
            String environment,
            String startedBy,
            String state,
            String phase,
            long startedAtMillis,
            long changedAtMillis,
            long deadlineMillis,
            String error,
            List<String> waiting,
            List<Transfer> transfers,
            List<Problem> problems) {
        /// The verb of deployments.
        public static final String DEPLOY = "deploy";

        /// The state of one that somebody has wait.
        public static final String PAUSED = "paused";

        /// The same, while something stands still for it.
        public static final String PAUSING = "pausing";

        /// The verb of those that make a branch.
        public static final String BRANCH = "branch";

        /// What it does: `deploy of shop`, `branch alice`.
        public String title() {
            return verb + (verb.equals(BRANCH) ? " " : " of ") + environment;
        }

        /// Whether it still changes something, now or later: also one that was cancelled, while what was before comes
        /// back.
        public boolean goesOn() {
            return List.of("running", PAUSING, PAUSED, "cancelling").contains(state);
        }
    }

    /// A node.
    ///
    /// @param state `ready`, `drained` or `silent`
    /// @param control its part in the control plane: `leader`, `voter`, `joining`, `leaving` or empty for none
    /// @param capacity what its instances may reserve in all; nothing if that is not known
    /// @param reserved what they have reserved
    /// @param certificateEndMillis when its certificate expires; 0 if that is not known
    public record Node(
            String name,
            String address,
            TreePMap<String, String> labels,
            String state,
            String control,
            long certificateEndMillis,
            long lastSeenMillis,
            int instances,
            int volumes,
            Capacity capacity,
            Capacity reserved,
            long poolTotalBytes,
            long poolFreeBytes,
            List<Problem> problems) {}

    /// A join token; its secret is shown only when it is made.
    public record Token(String id, int usesLeft, long expiresAtMillis, String createdBy, long createdAtMillis) {}

    /// How much a user's environments may have together, or one environment, and have.
    ///
    /// @param environment empty if it is the user's
    /// @param limit 0 for none
    /// @param environments how many there are
    /// @param memoryBytes what all instances may set aside together
    /// @param dataBytes what volumes hold that they share with nothing else; empty if a node did not tell
    public record Quota(
            String owner,
            String environment,
            io.flocker.core.access.Quota limit,
            long environments,
            long memoryBytes,
            OptionalLong dataBytes) {}

    /// A user.
    ///
    /// @param environments those that are theirs
    public record User(
            String name,
            String role,
            List<UserToken> tokens,
            List<String> environments,
            String createdBy,
            long createdAtMillis) {}

    /// A user's token; its secret is shown only when it is made.
    public record UserToken(String id, long expiresAtMillis, String createdBy, long createdAtMillis) {}

    /// A certificate for host names; its key is not shown.
    ///
    /// @param ofCluster whether the cluster made it, and renews it
    /// @param issuer who signed it
    /// @param hash SHA-256 of the certificate, in hexadecimal digits
    /// @param services which it is shown for (`staging/web`)
    public record Certificate(
            String name,
            List<String> hosts,
            boolean ofCluster,
            String issuer,
            String hash,
            long beginMillis,
            long endMillis,
            String addedBy,
            long addedAtMillis,
            List<String> services) {}
}
