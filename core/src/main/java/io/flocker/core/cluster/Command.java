package io.flocker.core.cluster;

import io.flocker.core.access.AccessToken;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Quota;
import io.flocker.core.access.Role;
import io.flocker.core.access.User;
import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.model.JobResult;
import io.flocker.core.model.JoinToken;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pcollections.TreePMap;

/// A request to change the cluster. Times and ids arrive inside it, so that every replica answers alike.
public sealed interface Command {
    /// When the leader accepted it, by its clock.
    long atMillis();

    /// What a user asked for. The others are the leader's own planning.
    sealed interface Asked extends Command {
        /// Who asked.
        String by();
    }

    /// Who may join, who may do what, and whose environments are.
    sealed interface OfAccess extends Asked {}

    /// What takes several phases.
    sealed interface Starting extends Asked {
        /// The new operation's id.
        String operation();
    }

    /// The first node says where it is, or a known one comes back with another address or certificate.
    ///
    /// @param labels of a new node; a known one keeps its own
    record AddNode(
            String by,
            long atMillis,
            String name,
            String address,
            TreePMap<String, String> labels,
            String certificate,
            Node.Capacity capacity)
            implements Asked {}

    /// A machine joins with a token.
    ///
    /// @param secretHash as in [JoinToken#secretHash]
    /// @param certificate as in [Node#certificate]
    /// @param voter as in [Node#voter]
    record JoinNode(
            String by,
            long atMillis,
            String token,
            String secretHash,
            String name,
            String address,
            TreePMap<String, String> labels,
            String certificate,
            boolean voter)
            implements Asked {}

    /// A node gets a new certificate.
    ///
    /// @param used the hash of the one it asked with, which holds until it asks with another
    /// @param certificate the new one's hash
    record RenewCertificate(String by, long atMillis, String name, String used, String certificate) implements Asked {}

    /// A node is to be a member of the cluster's log, or no longer.
    record SetVoter(String by, long atMillis, String name, boolean voter) implements Asked {}

    /// Sets and removes a node's labels.
    record LabelNode(String by, long atMillis, String name, TreePMap<String, String> set, List<String> remove)
            implements Asked {}

    record SetAvailability(String by, long atMillis, String name, Node.Availability availability) implements Asked {}

    /// A node leaves for good; its certificate is of no use from then on.
    record RemoveNode(String by, long atMillis, String name) implements Asked {}

    record CreateToken(String by, long atMillis, JoinToken token) implements OfAccess {}

    record DeleteToken(String by, long atMillis, String token) implements OfAccess {}

    /// A new user, with a first token.
    record AddUser(String by, long atMillis, User user) implements OfAccess {}

    record SetRole(String by, long atMillis, String user, Role role) implements OfAccess {}

    /// A user who owns nothing leaves; their tokens are of no use from then on.
    record RemoveUser(String by, long atMillis, String user) implements OfAccess {}

    /// A further token for a user.
    record IssueToken(String by, long atMillis, String user, AccessToken token) implements OfAccess {}

    /// Takes a token away from a user; all of them if it is empty.
    record RevokeToken(String by, long atMillis, String user, String token) implements OfAccess {}

    /// An environment is somebody else's from now on.
    record GiveEnvironment(String by, long atMillis, String environment, String owner) implements OfAccess {}

    /// How much somebody, or one environment, may have.
    ///
    /// @param owner empty for an environment's
    /// @param environment empty for an owner's
    record SetQuota(String by, long atMillis, String owner, String environment, Quota quota) implements OfAccess {}

    /// Something that was done or refused without another command.
    record Audit(long atMillis, AuditEntry entry) implements Command {}

    /// What is about certificates of host names.
    sealed interface OfCertificates extends Command {}

    /// A user's certificate for host names, instead of one that has the same name.
    record AddCertificate(String by, long atMillis, HostCertificate certificate) implements Asked, OfCertificates {}

    record DeleteCertificate(String by, long atMillis, String name) implements Asked, OfCertificates {}

    /// The cluster's own certificates follow the host names that it serves.
    ///
    /// @param made new ones, and new ones for those that expire
    /// @param forget names of those that nobody needs
    record KeepCertificates(long atMillis, List<HostCertificate> made, List<String> forget) implements OfCertificates {}

    /// Make an environment what `application` says; makes the environment if there is none.
    ///
    /// @param operation the new operation's id; also what ids of new volumes are made from
    /// @param digests as in [Operation.Kind.Deploy#digests]
    /// @param ifVersion refused unless the environment has this version (0: does not exist)
    record Deploy(
            String by,
            long atMillis,
            String operation,
            long deadlineMillis,
            String environment,
            ApplicationSpec application,
            TreePMap<String, String> digests,
            OptionalLong ifVersion)
            implements Starting {}

    /// Stop and forget an environment's services; with `deleteVolumes` its data too.
    record Remove(
            String by, long atMillis, String operation, long deadlineMillis, String environment, boolean deleteVolumes)
            implements Starting {}

    /// Restart services; all of the environment's if none is named.
    record Restart(
            String by, long atMillis, String operation, long deadlineMillis, String environment, List<String> services)
            implements Starting {}

    /// Bring volumes of one environment back to snapshots. What is there now becomes a snapshot itself.
    ///
    /// @param targets by volume id
    /// @param application what the services become as well; absent leaves them as they are
    /// @param digests as in [Operation.Kind.RollBack#digests]
    record RollBack(
            String by,
            long atMillis,
            String operation,
            long deadlineMillis,
            String environment,
            TreePMap<String, SnapshotId> targets,
            Optional<ApplicationSpec> application,
            TreePMap<String, String> digests)
            implements Starting {}

    /// Make an environment from a checkpoint of another one: its services, and clones of its volumes.
    ///
    /// @param origin the environment to make it from
    /// @param checkpoint of the origin
    /// @param environment the new one's name
    /// @param overrides what its services have otherwise, as [io.flocker.core.branch.ServiceOverride] reads it
    /// @param template for its host names, as in [io.flocker.core.branch.Doors]
    /// @param secrets whether it gets the origin's secrets
    /// @param folders whether it may write into the same folders of nodes as the origin
    /// @param refusePorts whether it is refused if the origin publishes ports, which it would have elsewhere
    /// @param sleepAfterMillis as in [io.flocker.core.model.Life#sleepAfterMillis]
    /// @param expiresAtMillis as in [io.flocker.core.model.Life#expiresAtMillis]
    /// @param node one with replicas of all its origin's volumes, to be made there; empty for where they are
    record Branch(
            String by,
            long atMillis,
            String operation,
            long deadlineMillis,
            String origin,
            String checkpoint,
            String environment,
            TreePMap<String, String> overrides,
            String template,
            boolean secrets,
            boolean folders,
            boolean refusePorts,
            long sleepAfterMillis,
            long expiresAtMillis,
            String node)
            implements Starting {}

    /// Bring a branch to a checkpoint of the environment it was made from. What its services have otherwise stays, and
    /// what is there now becomes a checkpoint.
    ///
    /// @param checkpoint of the origin; empty for the newest that a user has named
    record Refresh(
            String by, long atMillis, String operation, long deadlineMillis, String environment, String checkpoint)
            implements Starting {}

    /// Stop what runs of an environment until somebody connects to it or wakes it up.
    ///
    /// @param by a user, or [io.flocker.core.life.Caretaker#NAME]
    /// @param why in words; empty if somebody asked for it
    record Sleep(String by, long atMillis, String environment, String why) implements Asked {}

    /// Run again what sleeps.
    ///
    /// @param why in words; empty if somebody asked for it
    record Wake(String by, long atMillis, String operation, long deadlineMillis, String environment, String why)
            implements Starting {}

    /// Say how long an environment lives.
    ///
    /// @param sleepAfterMillis as in [io.flocker.core.model.Life#sleepAfterMillis]; empty to leave it
    /// @param expiresAtMillis as in [io.flocker.core.model.Life#expiresAtMillis]; empty to leave it
    /// @param isProtected whether it cannot be removed; empty to leave that
    record SetLife(
            String by,
            long atMillis,
            String environment,
            OptionalLong sleepAfterMillis,
            OptionalLong expiresAtMillis,
            Optional<Boolean> isProtected)
            implements Asked {}

    /// An environment is to expire soon: that is told.
    record WarnOfExpiry(long atMillis, String environment, long expiresAtMillis) implements Command {}

    /// Bring a service, with its volumes and whatever shares them, to another node; or instances of one without
    /// volumes to other nodes.
    ///
    /// @param service empty to move a volume that no service uses
    /// @param volume that volume's name; else empty
    /// @param from only what is there; empty for wherever it is
    /// @param to empty for wherever it fits best
    record Move(
            String by,
            long atMillis,
            String operation,
            long deadlineMillis,
            String environment,
            String service,
            String volume,
            String from,
            String to)
            implements Starting {}

    /// Run a job once.
    ///
    /// @param command instead of the service's; empty for that one
    /// @param variables beside the service's environment variables
    record Run(
            String by,
            long atMillis,
            String operation,
            long deadlineMillis,
            String environment,
            String service,
            List<String> command,
            TreePMap<String, String> variables)
            implements Starting {}

    /// Give up an operation: what it has changed comes back if that can be, else it stays where it is.
    record Cancel(String by, long atMillis, String operation) implements Asked {}

    /// Have an operation wait: none of its steps begins until it is resumed.
    record Pause(String by, long atMillis, String operation) implements Asked {}

    /// Have a paused operation go on.
    record Resume(String by, long atMillis, String operation) implements Asked {}

    /// What is about how load is spread.
    sealed interface OfBalance extends Command permits SetBalance, Planned.OfBalance {}

    /// How load is spread from now on; with `once`, also now, until it is even, or no longer.
    record SetBalance(String by, long atMillis, BalanceSettings settings, Optional<Boolean> once)
            implements Asked, OfBalance {}

    /// What is about replicas of volumes.
    sealed interface OfReplication extends Command permits SetReplication, FailOver, Planned.OfReplication {}

    /// How a volume is replicated from now on; empty for not at all.
    record SetReplication(String by, long atMillis, String volume, Optional<ReplicationSpec> replication)
            implements Asked, OfReplication {}

    /// Services go on, with their volumes, from what `to` has of them: their node is gone.
    ///
    /// @param from the node that is gone
    /// @param volumes ids of all volumes of the services
    /// @param held what `to` has of them: positions of snapshots, by volume id
    /// @param story why, and what is lost, in words
    record FailOver(
            String by,
            long atMillis,
            String operation,
            long deadlineMillis,
            String environment,
            List<String> services,
            List<String> volumes,
            String from,
            String to,
            TreePMap<String, List<String>> held,
            String story)
            implements Starting, OfReplication {}

    /// Make a volume, empty or as a clone of `base`.
    ///
    /// @param node where its data already is, as with one that was restored; empty to have it placed
    record CreateVolume(
            String by,
            long atMillis,
            String id,
            String environment,
            String name,
            VolumeSpec spec,
            Optional<SnapshotId> base,
            String node)
            implements Asked {}

    record ResizeVolume(String by, long atMillis, String volume, long sizeBytes) implements Asked {}

    record DeleteVolume(String by, long atMillis, String volume) implements Asked {}

    /// Take one snapshot of a volume.
    record TakeSnapshot(String by, long atMillis, String volume, String name) implements Asked {}

    record DeleteSnapshot(String by, long atMillis, SnapshotId snapshot) implements Asked {}

    /// Take a snapshot of every volume of an environment at one moment.
    ///
    /// @param automatic as in [io.flocker.core.model.Checkpoint#automatic]
    record CreateCheckpoint(String by, long atMillis, String environment, String name, boolean automatic)
            implements Asked {}

    /// What is about schedules.
    sealed interface OfSchedules extends Command permits RunSchedule, PauseSchedule, Planned.OfSchedules {}

    /// Run a schedule now, whenever it is due.
    record RunSchedule(String by, long atMillis, String environment, String schedule) implements Asked, OfSchedules {}

    /// Have a schedule come due no longer, or again.
    record PauseSchedule(String by, long atMillis, String environment, String schedule, boolean paused)
            implements Asked, OfSchedules {}

    /// Forget a checkpoint and delete its snapshots.
    record DeleteCheckpoint(String by, long atMillis, String environment, String name) implements Asked {}

    /// An operation's phase is complete; on to the next one, with what that decides.
    record Advance(long atMillis, String operation, Operation.Phase from) implements Command {}

    /// What an operation started does not work: what was before comes back.
    record Undo(long atMillis, String operation, String error) implements Command {}

    /// A move goes back, and the new heads of these volumes were never made where it went: nothing was written there.
    record ReturnUnused(long atMillis, String operation, List<String> volumes) implements Command {}

    /// These volumes' heads are made, and nothing changes their environment: what moves have left goes.
    record Settle(long atMillis, List<String> volumes) implements Command {}

    /// A job's container was seen to have started, and maybe to have ended: with that, its operation ends.
    record RecordRun(long atMillis, String operation, JobResult result) implements Command {}

    /// A job's time is up: its container is to stop.
    record StopRun(long atMillis, String operation, String error) implements Command {}

    /// The log of a job that has ended need not be kept on its node any more.
    record ReleaseRun(long atMillis, String operation) implements Command {}

    /// A complete checkpoint takes the place of another one, which is deleted, or gets another name.
    record RenameCheckpoint(long atMillis, String environment, String from, String to) implements Command {}

    /// An operation ended.
    record Finish(long atMillis, String operation, Operation.State state, String error) implements Command {}

    /// Instances that had no place get one, if there is one now; those of global services follow the nodes.
    record PlaceInstances(long atMillis, String environment) implements Command {}

    /// A service that follows its load ([io.flocker.core.spec.Autoscale]) gets more or fewer instances.
    ///
    /// @param from how many it has now
    /// @param why in words
    record ScaleService(long atMillis, String environment, String service, int from, int to, String why)
            implements Command {}

    /// Instances of an earlier release give way to the present one.
    ///
    /// @param newFirst whether each gets a successor beside it; else it stops first
    record ReplaceInstances(long atMillis, String operation, List<String> instances, boolean newFirst)
            implements Command {}

    /// Instances that were held are healthy: requests may reach them.
    record ConfirmServing(long atMillis, String environment, List<String> instances) implements Command {}

    /// Instances whose dependencies are there may run.
    record StartInstances(long atMillis, String environment, List<String> instances) implements Command {}

    /// Instances that nothing depends on any more stop and are removed.
    record StopInstances(long atMillis, String environment, List<String> instances) implements Command {}

    /// Instances that were to stop are gone from their nodes.
    record ForgetInstances(long atMillis, String environment, List<String> instances) implements Command {}

    /// Requested snapshots are durably there.
    record ConfirmSnapshots(long atMillis, List<Taken> snapshots) implements Command {}

    /// An attempt to take a checkpoint has come to nothing: all of its snapshots are taken anew, or it fails.
    ///
    /// @param attempts how many did before
    /// @param failure why it fails; empty to take it anew
    record EndAttempt(long atMillis, String environment, String name, int attempts, String failure)
            implements Command {}

    /// Snapshots by a volume's policy, and the ones it thins out.
    record FollowPolicy(long atMillis, String volume, boolean take, List<SnapshotId> thin) implements Command {}

    /// Deleted snapshots are gone from the pool.
    record ForgetSnapshots(long atMillis, List<SnapshotId> snapshots) implements Command {}

    /// Deleted volumes are gone from the pool.
    record ForgetVolumes(long atMillis, List<String> volumes) implements Command {}

    /// What nodes had of volumes that left them is gone.
    record ForgetCopies(long atMillis, String node, List<String> volumes) implements Command {}

    /// New volumes have their head; their first content need not be kept any more.
    record ForgetSeeds(long atMillis, List<String> volumes) implements Command {}

    /// A snapshot as its node reports it.
    ///
    /// @param takenAtMillis by the node's clock
    /// @param pauseMicros how long its writers were frozen
    record Taken(SnapshotId id, long takenAtMillis, long pauseMicros) {}
}
