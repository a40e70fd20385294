package io.flocker.core.cluster;

import io.flocker.core.access.Access;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Quotas;
import io.flocker.core.balance.Balance;
import io.flocker.core.balance.BalanceChanges;
import io.flocker.core.certificate.CertificateChanges;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Event;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.model.JoinToken;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.ReplicationChanges;
import io.flocker.core.schedule.ScheduleChanges;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Everything the cluster has decided. Immutable and deterministic: the same commands in the same order give the same
/// state on every replica.
///
/// @param version grows by one with every accepted command
/// @param nodes by name
/// @param tokens by id
/// @param environments by name
/// @param volumes by id
/// @param operations by id; the newest [#MAX_OPERATIONS] ended ones are kept
/// @param schedules by [Schedule#key]
/// @param certificates of host names, by name
/// @param balance how load is spread
/// @param events by sequence; the newest [#MAX_EVENTS]
/// @param lastEvent the sequence of the last event
/// @param access who may do what, and what was done
/// @param ledger what follows from all this; not stored
public record ClusterState(
        long version,
        TreePMap<String, Node> nodes,
        TreePMap<String, JoinToken> tokens,
        TreePMap<String, Environment> environments,
        TreePMap<String, Volume> volumes,
        TreePMap<String, Operation> operations,
        TreePMap<String, Schedule> schedules,
        TreePMap<String, HostCertificate> certificates,
        Balance balance,
        TreePMap<Long, Event> events,
        long lastEvent,
        Access access,
        Ledger ledger) {
    public static final int MAX_EVENTS = 1_000;
    public static final int MAX_OPERATIONS = 200;

    public static final ClusterState EMPTY = new ClusterState(
            0,
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            Balance.NONE,
            TreePMap.empty(),
            0,
            Access.EMPTY,
            Ledger.EMPTY);

    /// One that was stored comes without its ledger.
    public ClusterState {
        ledger = ledger == null
                ? Ledger.of(
                        nodes.values(), environments.values(), volumes.values(), operations.values(), balance.busy())
                : ledger;
    }

    /// The one place the cluster changes.
    public Outcome after(Command command) {
        Outcome outcome = switch (command) {
            case Command.AddNode c -> NodeChanges.add(this, c);
            case Command.JoinNode c -> NodeChanges.join(this, c);
            case Command.RenewCertificate c -> NodeChanges.renew(this, c);
            case Command.SetVoter c -> NodeChanges.setVoter(this, c);
            case Command.LabelNode c -> NodeChanges.label(this, c);
            case Command.SetAvailability c -> NodeChanges.available(this, c);
            case Command.RemoveNode c -> NodeChanges.remove(this, c);
            case Command.OfAccess c -> AccessChanges.after(this, c);
            case Command.Audit c -> new Outcome.Accepted(audited(c.entry()));
            case Command.OfCertificates c -> CertificateChanges.after(this, c);
            case Command.Deploy c -> EnvironmentChanges.deploy(this, c);
            case Command.Remove c -> EnvironmentChanges.remove(this, c);
            case Command.Restart c -> EnvironmentChanges.restart(this, c);
            case Command.RollBack c -> EnvironmentChanges.rollBack(this, c);
            case Command.Branch c -> BranchChanges.branch(this, c);
            case Command.Refresh c -> BranchChanges.refresh(this, c);
            case Command.Sleep c -> LifeChanges.sleep(this, c);
            case Command.Wake c -> LifeChanges.wake(this, c);
            case Command.SetLife c -> LifeChanges.set(this, c);
            case Command.WarnOfExpiry c -> LifeChanges.warn(this, c);
            case Command.Move c -> MoveChanges.start(this, c);
            case Command.Run c -> JobChanges.run(this, c);
            case Command.RecordRun c -> JobChanges.record(this, c);
            case Command.StopRun c -> JobChanges.stop(this, c);
            case Command.ReleaseRun c -> JobChanges.release(this, c);
            case Command.OfReplication c -> ReplicationChanges.after(this, c);
            case Command.OfBalance c -> BalanceChanges.after(this, c);
            case Command.OfSchedules c -> ScheduleChanges.after(this, c);
            case Command.RenameCheckpoint c -> SnapshotChanges.rename(this, c);
            case Command.Undo c -> OperationChanges.undo(this, c);
            case Command.ReturnUnused c -> WayBack.returnUnused(this, c);
            case Command.Settle c -> WayBack.settle(this, c);
            case Command.ForgetCopies c -> VolumeChanges.forgetCopies(this, c);
            case Command.Cancel c -> OperationChanges.cancel(this, c);
            case Command.Pause c -> PauseChanges.pause(this, c);
            case Command.Resume c -> PauseChanges.resume(this, c);
            case Command.CreateVolume c -> VolumeChanges.create(this, c);
            case Command.ResizeVolume c -> VolumeChanges.resize(this, c);
            case Command.DeleteVolume c -> VolumeChanges.delete(this, c);
            case Command.TakeSnapshot c -> SnapshotChanges.take(this, c);
            case Command.DeleteSnapshot c -> SnapshotChanges.delete(this, c);
            case Command.CreateCheckpoint c -> SnapshotChanges.createCheckpoint(this, c);
            case Command.DeleteCheckpoint c -> SnapshotChanges.deleteCheckpoint(this, c);
            case Command.Advance c -> OperationChanges.advance(this, c);
            case Command.Finish c -> OperationChanges.finish(this, c);
            case Command.PlaceInstances c -> InstanceChanges.place(this, c);
            case Command.ScaleService c -> InstanceChanges.scale(this, c);
            case Command.ReplaceInstances c -> DeployChanges.replace(this, c);
            case Command.ConfirmServing c -> InstanceChanges.confirm(this, c);
            case Command.StartInstances c -> InstanceChanges.start(this, c);
            case Command.StopInstances c -> InstanceChanges.stop(this, c);
            case Command.ForgetInstances c -> InstanceChanges.forget(this, c);
            case Command.ConfirmSnapshots c -> SnapshotChanges.confirm(this, c);
            case Command.EndAttempt c -> SnapshotChanges.endAttempt(this, c);
            case Command.FollowPolicy c -> SnapshotChanges.followPolicy(this, c);
            case Command.ForgetSnapshots c -> SnapshotChanges.forget(this, c);
            case Command.ForgetVolumes c -> VolumeChanges.forget(this, c);
            case Command.ForgetSeeds c -> VolumeChanges.forgetSeeds(this, c);
        };
        return concluded(command, outcome);
    }

    private Outcome concluded(Command command, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted _ when OperationChanges.isTaken(this, command) -> OperationChanges.taken(command);
            case Outcome.Accepted accepted ->
                Quotas.objection(this, accepted.state(), command)
                        .<Outcome>map(why -> new Outcome.Refused(Outcome.Reason.CONFLICT, why))
                        .orElseGet(() -> new Outcome.Accepted(LifeChanges.wakeWhatChanges(this, accepted.state())
                                .versioned(version + 1)));
            case Outcome.Refused refused -> refused;
        };
    }

    public Optional<Environment> environment(String name) {
        return Optional.ofNullable(environments.get(name));
    }

    /// The nodes that are to be members of the log.
    public TreePMap<String, Node> voters() {
        TreePMap<String, Node> voters = nodes;
        for (Node node : nodes.values()) {
            voters = node.voter() ? voters : voters.minus(node.name());
        }
        return voters;
    }

    /// Whether something needs a snapshot, so that it cannot be deleted.
    public boolean holds(Snapshot snapshot) {
        return SnapshotChanges.holder(this, snapshot).isPresent();
    }

    /// Whether a volume's last snapshot is on its way to the node that takes it over.
    public boolean isHandedOver(String volume) {
        return operations.values().stream()
                .anyMatch(operation -> operation.running()
                        && (operation.phase() == Operation.Phase.SWITCH || operation.phase() == Operation.Phase.UNDO)
                        && operation.kind() instanceof Operation.Kind.Move move
                        && move.volumes().contains(volume));
    }

    public Optional<Volume> volume(String id) {
        return Optional.ofNullable(volumes.get(id));
    }

    /// The volume that `environment` calls `name`.
    public Optional<Volume> volume(String environment, String name) {
        return environment(environment)
                .flatMap(found -> Optional.ofNullable(found.volumes().get(name)))
                .flatMap(this::volume);
    }

    /// Whether `environment` has a volume that it calls `name`, and that is not on its way out.
    boolean keeps(Environment environment, String name) {
        return Optional.ofNullable(environment.volumes().get(name))
                .flatMap(this::volume)
                .filter(volume -> volume.state() == Volume.State.ACTIVE)
                .isPresent();
    }

    /// Where images for an environment are built: beside its data, else on the first node by name.
    ///
    /// @throws java.util.NoSuchElementException if there is no node yet
    public String builder(String environment) {
        return environment(environment).stream()
                .flatMap(known -> known.volumes().values().stream())
                .flatMap(id -> volume(id).stream())
                .map(volume -> volume.head().primary())
                .findFirst()
                .orElseGet(nodes::firstKey);
    }

    public Optional<Operation> operation(String id) {
        return Optional.ofNullable(operations.get(id));
    }

    /// The operation that is changing `environment` now.
    public Optional<Operation> running(String environment) {
        return ledger.running(environment);
    }

    /// The same with one more entry in the audit log: no change that anything has to follow, so no new version.
    public ClusterState audited(AuditEntry entry) {
        return with(access.with(entry));
    }

    public ClusterState with(Access newAccess) {
        return with(newAccess, balance, ledger);
    }

    public ClusterState with(Balance newBalance) {
        return with(access, newBalance, ledger.busy(balance.busy(), newBalance.busy()));
    }

    private ClusterState with(Access newAccess, Balance newBalance, Ledger newLedger) {
        return new ClusterState(
                version,
                nodes,
                tokens,
                environments,
                volumes,
                operations,
                schedules,
                certificates,
                newBalance,
                events,
                lastEvent,
                newAccess,
                newLedger);
    }

    ClusterState versioned(long newVersion) {
        return new ClusterState(
                newVersion,
                nodes,
                tokens,
                environments,
                volumes,
                operations,
                schedules,
                certificates,
                balance,
                events,
                lastEvent,
                access,
                ledger);
    }

    public ClusterState with(Node node) {
        return withNodes(nodes.plus(node.name(), node), ledger.with(node));
    }

    /// The same without a node.
    public ClusterState withoutNode(String name) {
        return withNodes(nodes.minus(name), ledger.withoutNode(name));
    }

    private ClusterState withNodes(TreePMap<String, Node> newNodes, Ledger newLedger) {
        return new ClusterState(
                version,
                newNodes,
                tokens,
                environments,
                volumes,
                operations,
                schedules,
                certificates,
                balance,
                events,
                lastEvent,
                access,
                newLedger);
    }

    public ClusterState withTokens(TreePMap<String, JoinToken> newTokens) {
        return with(newTokens, certificates);
    }

    /// The same with these certificates of host names.
    public ClusterState withCertificates(TreePMap<String, HostCertificate> newCertificates) {
        return with(tokens, newCertificates);
    }

    private ClusterState with(
            TreePMap<String, JoinToken> newTokens, TreePMap<String, HostCertificate> newCertificates) {
        return new ClusterState(
                version,
                nodes,
                newTokens,
                environments,
                volumes,
                operations,
                schedules,
                newCertificates,
                balance,
                events,
                lastEvent,
                access,
                ledger);
    }

    public ClusterState with(Environment environment) {
        return with(
                environments.plus(environment.name(), environment),
                ledger.after(environment(environment.name()), environment));
    }

    /// The same without an environment.
    public ClusterState without(Environment environment) {
        return with(environments.minus(environment.name()), ledger.without(environment.name()));
    }

    private ClusterState with(TreePMap<String, Environment> newEnvironments, Ledger newLedger) {
        return new ClusterState(
                version,
                nodes,
                tokens,
                newEnvironments,
                volumes,
                operations,
                schedules,
                certificates,
                balance,
                events,
                lastEvent,
                access,
                newLedger);
    }

    public ClusterState with(Volume volume) {
        return withVolumes(volumes.plus(volume.id(), volume), ledger.after(volume(volume.id()), Optional.of(volume)));
    }

    /// The same without a volume.
    public ClusterState withoutVolume(String id) {
        return withVolumes(volumes.minus(id), ledger.after(volume(id), Optional.empty()));
    }

    private ClusterState withVolumes(TreePMap<String, Volume> newVolumes, Ledger newLedger) {
        return new ClusterState(
                version,
                nodes,
                tokens,
                environments,
                newVolumes,
                operations,
                schedules,
                certificates,
                balance,
                events,
                lastEvent,
                access,
                newLedger);
    }

    public ClusterState with(Schedule schedule) {
        return withSchedules(schedules.plus(schedule.key(), schedule));
    }

    public ClusterState without(Schedule schedule) {
        return withSchedules(schedules.minus(schedule.key()));
    }

    private ClusterState withSchedules(TreePMap<String, Schedule> newSchedules) {
        return new ClusterState(
                version,
                nodes,
                tokens,
                environments,
                volumes,
                operations,
                newSchedules,
                certificates,
                balance,
                events,
                lastEvent,
                access,
                ledger);
    }

    public ClusterState with(Operation operation) {
        TreePMap<String, Operation> kept = operations.plus(operation.id(), operation);
        Ledger next = ledger.with(operation);
        if (kept.size() - next.underWay() > MAX_OPERATIONS) {
            String oldest = kept.values().stream()
                    .filter(ended -> !ended.running())
                    .min((a, b) -> Long.compare(a.startedAtMillis(), b.startedAtMillis()))
                    .map(Operation::id)
                    .orElse("");
            kept = kept.minus(oldest);
        }
        return new ClusterState(
                version,
                nodes,
                tokens,
                environments,
                volumes,
                kept,
                schedules,
                certificates,
                balance,
                events,
                lastEvent,
                access,
                next);
    }

    /// The same with one more event, told in a sentence.
    public ClusterState telling(long atMillis, String environment, String subject, String text) {
        long sequence = lastEvent + 1;
        TreePMap<Long, Event> kept = events.plus(sequence, new Event(sequence, atMillis, environment, subject, text));
        return new ClusterState(
                version,
                nodes,
                tokens,
                environments,
                volumes,
                operations,
                schedules,
                certificates,
                balance,
                kept.size() > MAX_EVENTS ? kept.minusFirstEntry() : kept,
                sequence,
                access,
                ledger);
    }
}
