package io.flocker.client.api;

import io.flocker.core.cluster.Command;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.Tenure;
import io.flocker.core.load.Measurement;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Transfer;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What an agent tells the leader, once a second and after every step.
///
/// @param revision of the assignment it had adopted when it looked
/// @param busy subjects of steps under way when it looked
/// @param taken snapshots it took lately, by [io.flocker.core.model.SnapshotId#toString]
/// @param offered how many of its instances take traffic, by backend
/// @param followed the revision of the offers that its proxy follows
/// @param transfers what it is receiving from other nodes
/// @param poolTotalBytes the pool's size
/// @param poolFreeBytes what is left of it
/// @param held what it may write, or what still runs, of volumes that may fail over: what a lease is asked for
/// @param load what was measured since the last report that had some; most have none
public record Report(
        long revision,
        Observed observed,
        List<String> busy,
        List<Problem> problems,
        TreePMap<String, Command.Taken> taken,
        TreePMap<String, Integer> offered,
        long followed,
        List<Transfer> transfers,
        long poolTotalBytes,
        long poolFreeBytes,
        List<Tenure> held,
        Optional<Measurement> load) {
    /// The same with what was measured.
    public Report with(Optional<Measurement> newLoad) {
        return new Report(
                revision,
                observed,
                busy,
                problems,
                taken,
                offered,
                followed,
                transfers,
                poolTotalBytes,
                poolFreeBytes,
                held,
                newLoad);
    }

    /// Whether it tells nothing new beside the space in the pool and the load, which change all the time.
    public boolean saysTheSameAs(Report before) {
        return new Report(
                        before.revision,
                        before.observed,
                        before.busy,
                        before.problems,
                        before.taken,
                        before.offered,
                        before.followed,
                        before.transfers,
                        poolTotalBytes,
                        poolFreeBytes,
                        before.held,
                        load)
                .equals(this);
    }

    /// The leader's answer.
    ///
    /// @param revision of the node's present assignment
    /// @param offers the revision of the offers that the report went into
    /// @param lease for how long the node may write what the report says it has
    public record Answer(long revision, long offers, LeaseGrant lease) {}
}
