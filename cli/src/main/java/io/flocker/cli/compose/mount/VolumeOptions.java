package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.SnapshotPolicy;
import java.util.Optional;
import java.util.OptionalLong;

/// What `x-flocker` says about volumes: at top level for all of them, under a volume for that one.
///
/// @param sizeBytes 0 for no limit
record VolumeOptions(long sizeBytes, Optional<SnapshotPolicy> snapshots, Optional<ReplicationSpec> replication) {
    static final VolumeOptions NONE = new VolumeOptions(0, Optional.empty(), Optional.empty());

    private static final int MAX_KEPT = 100_000;
    private static final SnapshotPolicy USUAL = new SnapshotPolicy(60, 60, 24, 7);

    /// `{size: 10G, snapshots: {every: 1m, keep: {minutes: 60, hours: 24, days: 7}}}`; `snapshots: false` for none.
    /// Replicas as in [Replication].
    ///
    /// @param fallback for what is absent
    static VolumeOptions read(Section section, VolumeOptions fallback) {
        long size = section.get("size").map(Value::bytes).orElse(fallback.sizeBytes);
        Optional<Value> snapshots = section.get("snapshots");
        Optional<Value> replication = section.get("replication");
        return new VolumeOptions(
                size,
                snapshots.isEmpty() ? fallback.snapshots : policy(snapshots.get()),
                replication.isEmpty() ? fallback.replication : Replication.read(replication.get()));
    }

    private static Optional<SnapshotPolicy> policy(Value value) {
        if (value.isScalar()) {
            if (value.flag()) {
                value.complain("must say how often: {every: 1m, keep: {minutes: 60, hours: 24, days: 7}}");
            }
            return Optional.empty();
        }
        Section section = value.section("snapshots");
        Optional<Value> every = section.get("every");
        long seconds = every.map(Value::millis).orElse(0L) / 1_000;
        Optional<Section> keep = section.get("keep").map(it -> it.section("keep"));
        var policy = keep.map(
                        it -> new SnapshotPolicy(seconds, count(it, "minutes"), count(it, "hours"), count(it, "days")))
                .orElse(new SnapshotPolicy(seconds, USUAL.keepMinutes(), USUAL.keepHours(), USUAL.keepDays()));
        keep.ifPresent(Section::end);
        section.end();
        if (every.isEmpty() && value.isMap()) {
            value.complain("must say how often: every: 1m");
        } else if (seconds < 1) {
            every.ifPresent(it -> it.complain("must be at least 1s"));
        }
        return Optional.of(policy);
    }

    private static int count(Section keep, String key) {
        OptionalLong number = keep.number(key, 0, MAX_KEPT);
        return (int) number.orElse(0);
    }
}
